#!/usr/bin/env bash
# @prettier/plugin-xml 3.4.2 with prettier 3.10.1
# Projects that the Salesforce CLI generates come with this formatter. By its read-me most people want
# `xmlWhitespaceSensitivity: ignore`, since nothing is indented otherwise. It does more than indent: a value that is too
# long for its line gets lines of its own, and is then one with line ends and spaces around it. Many a callback URL is
# that long. With the default, `strict`, the value stays, and the start tag is cut in two instead, so that a search for
# `<callbackUrl>` does not find it.
# Seen: of two URLs `ignore` makes the long one 12 letters longer, and `strict` leaves a file without `<callbackUrl>`;
# the short one is as it was.
# Fails when both keep value and tag. Run by hand, outside CI; it needs npm.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error @prettier/plugin-xml@3.4.2 prettier@3.10.1 node@24.21.0 >/dev/null
cat >run.mjs <<'JS'
import xml from '@prettier/plugin-xml';
import * as prettier from 'prettier';

const urls = {
  callbackUrl: 'https://orders.example.com/integrations/salesforce/production/oauth2/callback',
  singleLogoutUrl: 'https://orders.example.com/logout',
};
const elements = Object.entries(urls).map(([name, url]) => `        <${name}>${url}</${name}>\n`);
const app =
  '<?xml version="1.0" encoding="UTF-8"?>\n<ConnectedApp xmlns="http://soap.sforce.com/2006/04/metadata">\n' +
  `    <oauthConfig>\n${elements.join('')}    </oauthConfig>\n</ConnectedApp>\n`;
for (const xmlWhitespaceSensitivity of ['ignore', 'strict']) {
  const text = await prettier.format(app, { parser: 'xml', plugins: [xml], xmlWhitespaceSensitivity });
  for (const [name, url] of Object.entries(urls)) {
    const [, space, value] = text.match(new RegExp(`<${name}(\\s*)>([^<]*)<`));
    const tag = space ? 'tag cut' : 'tag kept';
    console.log(`${xmlWhitespaceSensitivity}, ${name}: ${url.length} letters, then ${value.length}, ${tag}`);
  }
}
JS
seen=$(node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = "ignore, callbackUrl: 77 letters, then 89, tag kept
ignore, singleLogoutUrl: 33 letters, then 33, tag kept
strict, callbackUrl: 77 letters, then 77, tag cut
strict, singleLogoutUrl: 33 letters, then 33, tag kept" ]
