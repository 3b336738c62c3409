#!/usr/bin/env bash
# salesforce-flow-visualiser 1.0.0
# The package turns the file of a flow into a diagram (Mermaid) for documentation and reviews. It knows a list of
# elements, and what is not in it is left out without a word: the elements that delete records, roll changes back and
# transform data. The diagram has the arrow to such an element, as to a node of this name, and none from it. What comes
# after the deletion stands in the diagram with no way to it, like a part that is never reached. `Update Records` is
# drawn.
# Seen: of a flow with three steps, locking a user, deleting their tokens and telling someone, the diagram has no node
# for the second and no arrow from it; with an update in its place both are there, with a rollback or a transformation
# neither.
# Fails when an arrow goes on from the deletion. Run by hand, outside CI; it needs npm.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" salesforce-flow-visualiser@1.0.0
cat >run.js <<'JS'
const { parseFlow } = require('salesforce-flow-visualiser');

const to = (name) => `<connector><targetReference>${name}</targetReference></connector>`;
const step = (kind, name, more) => `<${kind}><name>${name}</name><label>${name}</label>${more}</${kind}>`;
const log = console.log;
console.log = () => {}; // The package prints its options.
const draw = async (kind) => {
  const flow = `<?xml version="1.0" encoding="UTF-8"?>
<Flow xmlns="http://soap.sforce.com/2006/04/metadata">
${step('actionCalls', 'Tell', '<actionType>emailAlert</actionType>')}
<label>Lock a user</label><processType>AutoLaunchedFlow</processType>
${step(kind, 'Tokens', `${to('Tell')}<object>Token__c</object>`)}
${step('recordUpdates', 'Lock', `${to('Tokens')}<object>User</object>`)}
<start>${to('Lock')}</start><status>Active</status></Flow>`;
  const { uml } = await parseFlow(flow, 'mermaid', { wrapInMarkdown: false });
  const nodes = ['Lock', 'Tokens', 'Tell'].filter((name) => uml.includes(`\n${name}(`));
  const lines = uml.split('\n').filter((line) => line.includes('-->'));
  const arrows = lines.map((line) => line.replace('(( START ))', ''));
  log(`${kind}: nodes ${nodes.join(', ')}\n  ${arrows.sort().join(', ')}`);
};
(async () => {
  for (const kind of ['recordUpdates', 'recordDeletes', 'recordRollbacks', 'transforms']) await draw(kind);
})();
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = 'recordUpdates: nodes Lock, Tokens, Tell
  Lock --> Tokens, START --> Lock, Tell --> END, Tokens --> Tell
recordDeletes: nodes Lock, Tell
  Lock --> Tokens, START --> Lock, Tell --> END
recordRollbacks: nodes Lock, Tell
  Lock --> Tokens, START --> Lock, Tell --> END
transforms: nodes Lock, Tell
  Lock --> Tokens, START --> Lock, Tell --> END' ]
