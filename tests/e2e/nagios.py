# SPDX-License-Identifier: GPL-3.0-or-later
"""A Nagios 4 of a test's own: what its main file needs, and what its services are."""
import os
import re

from chain import read

# interval_length=6: what the shipped files call a minute is 6 seconds
MAIN = """
log_file={d}/nagios.log
resource_file={d}/resource.cfg
object_cache_file={d}/objects.cache
precached_object_file={d}/objects.precache
status_file={d}/status.dat
state_retention_file={d}/retention.dat
lock_file={d}/nagios.lock
temp_file={d}/nagios.tmp
temp_path={d}
check_result_path={d}/checkresults
query_socket={d}/nagios.qh
check_external_commands=0
status_update_interval=1
log_service_retries=1
check_for_updates=0
interval_length=6
sleep_time=0.25
use_syslog=0
illegal_macro_output_chars=`~$&|'"<>
process_performance_data=1
service_perfdata_file={d}/service-perfdata
service_perfdata_file_mode=a
service_perfdata_file_template=DATATYPE::SERVICEPERFDATA\\tTIMET::$TIMET$\\tHOSTNAME::$HOSTNAME$\\tSERVICEDESC::$SERVICEDESC$\\tSERVICEPERFDATA::$SERVICEPERFDATA$\\tSERVICECHECKCOMMAND::$SERVICECHECKCOMMAND$\\tSERVICESTATE::$SERVICESTATE$
"""

CONTACT = """
define contact {{
    contact_name                     {name}
    host_notification_period         hyperv-always
    service_notification_period      hyperv-always
    host_notification_options        d,r
    service_notification_options     w,u,c,r
    host_notification_commands       e2e-notify
    service_notification_commands    e2e-notify
}}
"""


def service_states(test):
    """{"hv-balancer": ("CRITICAL", "hard"), ...}"""
    found = {}
    path = test.path("status.dat")
    for block in re.findall(r"servicestatus \{(.*?)\n\t\}",
                            read(path) if os.path.exists(path) else "", re.S):
        field = dict(re.findall(r"\t(\w+)=(.*)", block))
        found[field["service_description"]] = (
            ["OK", "WARNING", "CRITICAL", "UNKNOWN"][int(field["current_state"])],
            ["soft", "hard"][int(field["state_type"])], field["has_been_checked"])
    return found
