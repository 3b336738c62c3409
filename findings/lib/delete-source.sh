# For the scripts of this folder: a temporary folder with Salesforce's deploy commands, and `delete-source.mjs` in it.
lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$lib/node.sh" @salesforce/plugin-deploy-retrieve@4.2.18 @salesforce/core@9.4.0
cp "$lib/delete-source.mjs" .
export HOME=$work TMPDIR=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true
