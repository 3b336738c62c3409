#!/usr/bin/env bash
# @salesforce/sfdx-lwc-jest 7.9.0 (with @lwc/jest-transformer 19.4.0)
# A Lightning web component asks for a permission of its user by an import (`@salesforce/userPermission/...` or
# `customPermission`), which is true or undefined (Lightning Web Components Developer Guide, Check Permissions). In a
# test without an org the import is neither: it is a text, the name of the permission, as for a label. A text counts as
# true, so each test runs as a user who has all permissions, and what users without one see is tested by none, unless a
# test replaces the import. A component that compares with `=== true` is tested as if its user had none. For
# `@salesforce/user/isGuest` the package has a boolean.
# Seen: in a test that mocks nothing, two permissions are the texts `ViewSetup` and `Exports`, a button for those who
# may export is there, a comparison with true is false, and `@salesforce/user/isGuest` is false.
# Fails when a permission is no text. Run by hand, outside CI; it needs npm.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/sfdx-lwc-jest@7.9.0 @lwc/jest-transformer@19.4.0
component=force-app/main/default/lwc/exports
mkdir -p $component/__tests__
echo '{ "packageDirectories": [{ "path": "force-app", "default": true }] }' >sfdx-project.json
echo 'exports.rootDir = __dirname; Object.assign(exports, require("@salesforce/sfdx-lwc-jest/config").jestConfig);' \
    >jest.config.js
echo '<template><button lwc:if={mayExport}>{about}</button></template>' >$component/exports.html
cat >$component/exports.js <<'JS'
import { LightningElement } from 'lwc';
import mayViewSetup from '@salesforce/userPermission/ViewSetup';
import mayExport from '@salesforce/customPermission/Exports';
import isGuest from '@salesforce/user/isGuest';
export default class Exports extends LightningElement {
    mayExport = mayExport;
    about = JSON.stringify({ mayViewSetup, mayExport, isTrue: mayExport === true, isGuest });
}
JS
cat >$component/__tests__/exports.test.js <<'JS'
import { writeFileSync } from 'node:fs';
import { createElement } from 'lwc';
import Exports from 'c/exports';
it('shows the button', () => {
    const element = createElement('c-exports', { is: Exports });
    document.body.appendChild(element);
    const buttons = [...element.shadowRoot.querySelectorAll('button')].map(({ textContent }) => textContent);
    writeFileSync('seen', `${buttons.length} button: ${buttons}\n`);
});
JS
PATH=$work/node_modules/.bin:$PATH sfdx-lwc-jest >log 2>&1 || cat log
seen=$(cat seen)
printf '%s\n' "$seen"
[ "$seen" = '1 button: {"mayViewSetup":"ViewSetup","mayExport":"Exports","isTrue":false,"isGuest":false}' ]
