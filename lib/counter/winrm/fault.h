/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a fault means: the codes of WinRM, WMI and Win32 that say more than "failed".
 */
#ifndef COUNTER_WINRM_FAULT_H
#define COUNTER_WINRM_FAULT_H

#include "counter/winrm/soap.h"

/* Fill *err: "0x80041010 WBEM_E_INVALID_CLASS: what: the server's words". Returns false. */
bool fault_error(struct error *err, const struct soap_fault *fault, const char *what);

/* Does it mean that the class, or that one of the properties, is not there, or may it? */
bool fault_is_about_properties(const struct soap_fault *fault);
bool fault_is_about_class(const struct soap_fault *fault);

/* Or that the namespace is not there? */
bool fault_is_about_namespace(const struct soap_fault *fault);

#endif
