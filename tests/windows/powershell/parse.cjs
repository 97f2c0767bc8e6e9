// SPDX-License-Identifier: GPL-3.0-or-later
//
// Prints the syntax tree of PowerShell on standard input as JSON: type, offsets, children.
//
//   node parse.cjs DIRECTORY        which holds what fetch.py has fetched
const directory = process.argv[2] + '/';
const { Parser, Language } = require(directory + 'web-tree-sitter.cjs');

function plain(node) {
    return [node.type, node.startIndex, node.endIndex, node.isError || node.isMissing,
            node.children.map(plain)];
}

(async () => {
    await Parser.init();
    const parser = new Parser();
    parser.setLanguage(await Language.load(directory + 'tree-sitter-powershell.wasm'));
    const text = require('fs').readFileSync(0, 'utf8');
    process.stdout.write(JSON.stringify(plain(parser.parse(text).rootNode)));
})();
