# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_sessionlint_global_optspecs
    string join \n h/help V/version
end

function __fish_sessionlint_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_sessionlint_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_sessionlint_using_subcommand
    set -l cmd (__fish_sessionlint_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c sessionlint -n "__fish_sessionlint_needs_command" -s h -l help -d 'Print help'
complete -c sessionlint -n "__fish_sessionlint_needs_command" -s V -l version -d 'Print version'
complete -c sessionlint -n "__fish_sessionlint_needs_command" -f -a "check" -d 'Check a project and report what is wrong, where, why, and what to do'
complete -c sessionlint -n "__fish_sessionlint_needs_command" -f -a "sessions" -d 'Show how long every session is valid, and which level decides it'
complete -c sessionlint -n "__fish_sessionlint_needs_command" -f -a "diagnose" -d 'Find the causes of a symptom: confirmed, possible, ruled out, and not visible in files'
complete -c sessionlint -n "__fish_sessionlint_needs_command" -f -a "calendar" -d 'List the dated Salesforce changes that affect the project, the nearest first'
complete -c sessionlint -n "__fish_sessionlint_needs_command" -f -a "diff" -d 'Show what changes between two folders, zips or git revisions: sessions, apps, findings'
complete -c sessionlint -n "__fish_sessionlint_needs_command" -f -a "history" -d 'Show what commits did to sessions, apps and findings, in order of time'
complete -c sessionlint -n "__fish_sessionlint_needs_command" -f -a "blame" -d 'Show which commit made each finding and each value what it is today'
complete -c sessionlint -n "__fish_sessionlint_needs_command" -f -a "report" -d 'Write one page about a project to hand over: sessions, integrations, dates, findings, a change plan'
complete -c sessionlint -n "__fish_sessionlint_needs_command" -f -a "fleet" -d 'Compare many projects in one table, one row per project, the worst first'
complete -c sessionlint -n "__fish_sessionlint_needs_command" -f -a "query" -d 'Query the project\'s metadata in SOQL'
complete -c sessionlint -n "__fish_sessionlint_needs_command" -f -a "explain" -d 'Print the page of a rule: what it finds, why it matters, the trade-off, examples'
complete -c sessionlint -n "__fish_sessionlint_needs_command" -f -a "lsp" -d 'Serve editors: findings while people type, over the Language Server Protocol'
complete -c sessionlint -n "__fish_sessionlint_needs_command" -f -a "mcp" -d 'Serve agents: the commands that only read, over the Model Context Protocol'
complete -c sessionlint -n "__fish_sessionlint_needs_command" -f -a "init" -d 'Write a commented sessionlint.toml for the project'
complete -c sessionlint -n "__fish_sessionlint_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c sessionlint -n "__fish_sessionlint_needs_command" -f -a "man" -d 'Print the manual page'
complete -c sessionlint -n "__fish_sessionlint_needs_command" -f -a "rules" -d 'List the rules, start a custom rule page, or test pages'
complete -c sessionlint -n "__fish_sessionlint_needs_command" -f -a "schema" -d 'Print the JSON Schema of sessionlint.toml, for editors'
complete -c sessionlint -n "__fish_sessionlint_needs_command" -f -a "cache" -d 'Show or remove the cache that makes the next run faster'
complete -c sessionlint -n "__fish_sessionlint_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l file-list -d 'Read more paths from a file, one per line or separated by NUL; `-` is standard input' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l stdin-filename -d 'With `-`: the file of the project that standard input takes the place of, whether it exists or not' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l format -d 'Output format of findings' -r -f -a "human\t'Grouped, with source lines'
concise\t'One line per finding'
json\t'Everything, for programs'
sarif\t'SARIF 2.1.0, for GitHub code scanning, Azure DevOps and editors'
github\t'Annotations for GitHub Actions'
gitlab\t'GitLab\'s Code Quality report'
junit\t'JUnit XML, for Jenkins and other test viewers'
markdown\t'A comment for a pull request'
csv\t'A row a finding, for spreadsheets'
azure\t'Logging commands of Azure Pipelines'
rdjson\t'reviewdog\'s Diagnostic Format, with fixes as suggestions'"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l also -d 'Also write a report in this format to this file, or one for each project into a folder (FORMAT=DIR/); can be given several times' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l preset -d 'Rules to run; the default is the configuration\'s preset, else `continuity`' -r -f -a "continuity\t'Sessions and integrations keep working'
security\t'Salesforce\'s hardening advice and Health Check'
all\t'Both'"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l select -d 'Run only these rules or groups, whatever the preset' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l ignore -d 'Skip these rules or groups' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l exclude -d 'Show no finding in files that this glob matches, and fix none: a path below the project or the current folder, or a name without `/` at any depth; can be given several times. The files are read all the same' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l rules -d 'Load rule pages from this folder too' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l baseline -d 'Report only findings that are not in this file of known findings' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l add-ignore -d 'Suppress what is found: write an `[[ignore]]` entry for each rule and file into sessionlint.toml, with this reason or with one to fill in' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l config-from -d 'Use the configuration of this git revision, with the rules that it names: in a pull request, its base' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l fail-on -d 'Exit with 1 if a finding is at least this severe; the default is the configuration\'s, else `warning`' -r -f -a "error\t''
warning\t''
note\t''
never\t''"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l min-severity -d 'Show only findings that are at least this severe; the summary counts the others, and --fail-on judges all' -r -f -a "error\t''
warning\t''
note\t''"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l base -d 'Show paths relative to this folder (not in JSON, whose paths are relative to the project)' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l config -d 'Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it for this run, as in preset=all (can be given several times; a file that exists is a file)' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l as-of -d 'Check dates as of this day (YYYY-MM-DD) instead of today' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l threads -d 'Use this many threads instead of one per core' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l max-memory -d 'Limit the memory for reading to about this: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l cache-dir -d 'Use this cache folder instead of the user\'s' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -s o -l output -d 'Write to a file instead of standard output (`-`); commands that answer for several projects take a folder (DIR/) for one file each' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l color -d 'Colour the output' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l preview -d 'Run preview rules too, which may change in any version'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l fix -d 'Apply the fixes that weaken no protection, run all rules again, and report what remains'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l unsafe-fixes -d 'Also apply (with --diff: show) fixes that weaken a protection; each names it'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l diff -d 'Print the changes of --fix as a unified diff and write nothing; exit with 1 if there are changes'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l update-baseline -d 'Update the baseline to the current findings: remove fixed ones, add new ones'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l show-settings -d 'Print the settings of the run, each with where it comes from, and check nothing'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l watch -d 'Check again whenever a file changes, until Ctrl-C'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l exit-zero -d 'Exit with 0 whatever is found; 2 and 3 stay for wrong usage and for what could not be read or written'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l blame -d 'Add to each finding the commit since which it is one (human, JSON, SARIF)'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l notes -d 'Show each note instead of one line per rule'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l statistics -d 'Count findings per rule instead of listing them; not with a document such as json'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l timings -d 'Print the times of each part and of the slowest rules to standard error'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l no-project-config -d 'Ignore the project\'s sessionlint.toml and its rules: for a third-party repository'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l no-cache -d 'Neither read nor write the cache'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -s q -l quiet -d 'Print results only, without notes and warnings'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -l no-apex-prefilter -d 'Read all Apex instead of what its words make worth reading: the same findings, later'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand sessions" -l format -d 'Output format' -r -f -a "table\t''
csv\t''
json\t''
markdown\t''"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand sessions" -l config -d 'Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it for this run, as in preset=all (can be given several times; a file that exists is a file)' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand sessions" -l as-of -d 'Check dates as of this day (YYYY-MM-DD) instead of today' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand sessions" -l threads -d 'Use this many threads instead of one per core' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand sessions" -l max-memory -d 'Limit the memory for reading to about this: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand sessions" -l cache-dir -d 'Use this cache folder instead of the user\'s' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand sessions" -s o -l output -d 'Write to a file instead of standard output (`-`); commands that answer for several projects take a folder (DIR/) for one file each' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand sessions" -l color -d 'Colour the output' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand sessions" -l no-project-config -d 'Ignore the project\'s sessionlint.toml and its rules: for a third-party repository'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand sessions" -l no-cache -d 'Neither read nor write the cache'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand sessions" -s q -l quiet -d 'Print results only, without notes and warnings'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand sessions" -l no-apex-prefilter -d 'Read all Apex instead of what its words make worth reading: the same findings, later'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand sessions" -s h -l help -d 'Print help'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -l symptom -d 'Only this symptom: its id, a description ("`INVALID_SESSION_ID` after two hours"), or an error message' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -l broke-on -d 'The day on which it broke (YYYY-MM-DD): what a commit changed shortly before comes first, with what Salesforce changed near it; the project must be in a git repository' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -l within -d 'How many days before that day count' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -l format -d 'Output format' -r -f -a "human\t''
json\t''
markdown\t''"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -l rules -d 'Load rule pages from this folder too' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -l evidence -d 'Read these exports of the org and logs as evidence: CSV or JSON of `LoginHistory`, `SetupAuditTrail`, `OauthToken`, `AuthSession` and event log files, and logs of an integration. They are read only, and nothing leaves the machine' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -l time-zone -d 'The zone of times in the evidence that have none, by its name: Europe/Berlin' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -l date-order -d 'What comes first in dates of the evidence that are all numbers, where no date of the file shows it' -r -f -a "day-first\t'28/11/2026'
month-first\t'11/28/2026'"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -l config -d 'Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it for this run, as in preset=all (can be given several times; a file that exists is a file)' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -l as-of -d 'Check dates as of this day (YYYY-MM-DD) instead of today' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -l threads -d 'Use this many threads instead of one per core' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -l max-memory -d 'Limit the memory for reading to about this: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -l cache-dir -d 'Use this cache folder instead of the user\'s' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -s o -l output -d 'Write to a file instead of standard output (`-`); commands that answer for several projects take a folder (DIR/) for one file each' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -l color -d 'Colour the output' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -l anonymous -d 'Leave out names of people and titles of commits'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -l preview -d 'Run preview rules too, which may change in any version'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -l show-users -d 'Name users and addresses of the evidence, which are left out otherwise'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -l no-project-config -d 'Ignore the project\'s sessionlint.toml and its rules: for a third-party repository'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -l no-cache -d 'Neither read nor write the cache'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -s q -l quiet -d 'Print results only, without notes and warnings'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -l no-apex-prefilter -d 'Read all Apex instead of what its words make worth reading: the same findings, later'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diagnose" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand calendar" -l format -d 'Output format; `ics` leaves out changes that have no exact day' -r -f -a "human\t''
json\t''
ics\t'An iCalendar file, without changes that have no exact day'"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand calendar" -l config -d 'Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it for this run, as in preset=all (can be given several times; a file that exists is a file)' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand calendar" -l as-of -d 'Check dates as of this day (YYYY-MM-DD) instead of today' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand calendar" -l threads -d 'Use this many threads instead of one per core' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand calendar" -l max-memory -d 'Limit the memory for reading to about this: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand calendar" -l cache-dir -d 'Use this cache folder instead of the user\'s' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand calendar" -s o -l output -d 'Write to a file instead of standard output (`-`); commands that answer for several projects take a folder (DIR/) for one file each' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand calendar" -l color -d 'Colour the output' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand calendar" -l all -d 'List all changes, also those that affect no file of the project'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand calendar" -l no-project-config -d 'Ignore the project\'s sessionlint.toml and its rules: for a third-party repository'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand calendar" -l no-cache -d 'Neither read nor write the cache'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand calendar" -s q -l quiet -d 'Print results only, without notes and warnings'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand calendar" -l no-apex-prefilter -d 'Read all Apex instead of what its words make worth reading: the same findings, later'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand calendar" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diff" -l project -d 'The project of the revisions and the working tree' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diff" -l format -d 'Output format of changes' -r -f -a "human\t'One line per change'
markdown\t'A comment for a pull request'
json\t'Everything, for programs'
github\t'Annotations for GitHub Actions: what gets worse, and the findings that are new'
sarif\t'SARIF 2.1.0 with the findings that are new'"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diff" -l preset -d 'Rules to run; the default is the configuration\'s preset, else `continuity`' -r -f -a "continuity\t'Sessions and integrations keep working'
security\t'Salesforce\'s hardening advice and Health Check'
all\t'Both'"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diff" -l rules -d 'Load rule pages from this folder too' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diff" -l config-from -d 'Use the configuration of this state for both' -r -f -a "old\t'That of OLD: in a pull request, the reviewed one'
new\t'That of NEW'"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diff" -l fail-on -d 'Exit with 1 if a new finding is at least this severe, or if anything gets worse (except with `never`)' -r -f -a "error\t''
warning\t''
note\t''
never\t''"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diff" -l config -d 'Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it for this run, as in preset=all (can be given several times; a file that exists is a file)' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diff" -l as-of -d 'Check dates as of this day (YYYY-MM-DD) instead of today' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diff" -l threads -d 'Use this many threads instead of one per core' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diff" -l max-memory -d 'Limit the memory for reading to about this: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diff" -l cache-dir -d 'Use this cache folder instead of the user\'s' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diff" -s o -l output -d 'Write to a file instead of standard output (`-`); commands that answer for several projects take a folder (DIR/) for one file each' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diff" -l color -d 'Colour the output' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diff" -l preview -d 'Run preview rules too, which may change in any version'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diff" -l notes -d 'Name every profile and finding behind a line of the human format'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diff" -l no-project-config -d 'Ignore the project\'s sessionlint.toml and its rules: for a third-party repository'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diff" -l no-cache -d 'Neither read nor write the cache'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diff" -s q -l quiet -d 'Print results only, without notes and warnings'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diff" -l no-apex-prefilter -d 'Read all Apex instead of what its words make worth reading: the same findings, later'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -l since -d 'Begin after this commit, or on this day (YYYY-MM-DD, UTC, by the date of the commit)' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -l until -d 'End with this commit, or on this day' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -l profile -d 'Only what concerns these profiles, by label or fullName; can be given several times' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -l app -d 'Only what concerns these apps, by label or fullName; can be given several times' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -l format -d 'How to write the changes' -r -f -a "human\t'A few lines a commit'
json\t'Everything, for programs'
markdown\t'A table for a document'
csv\t'A row for each change, for a spreadsheet'
html\t'A page for a browser'"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -l preset -d 'Rules to run; the default is the configuration\'s preset, else `continuity`' -r -f -a "continuity\t'Sessions and integrations keep working'
security\t'Salesforce\'s hardening advice and Health Check'
all\t'Both'"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -l rules -d 'Load rule pages from this folder too' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -l config -d 'Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it for this run, as in preset=all (can be given several times; a file that exists is a file)' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -l as-of -d 'Check dates as of this day (YYYY-MM-DD) instead of today' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -l threads -d 'Use this many threads instead of one per core' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -l max-memory -d 'Limit the memory for reading to about this: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -l cache-dir -d 'Use this cache folder instead of the user\'s' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -s o -l output -d 'Write to a file instead of standard output (`-`); commands that answer for several projects take a folder (DIR/) for one file each' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -l color -d 'Colour the output' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -l first-parent -d 'Follow only the first parent of each merge, and list everything that a merge brought'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -l anonymous -d 'Leave out names and addresses of people, and titles of commits, which may hold some'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -l notes -d 'Name every profile and finding that a line of the human format stands for'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -l preview -d 'Run preview rules too, which may change in any version'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -l no-project-config -d 'Ignore the project\'s sessionlint.toml and its rules: for a third-party repository'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -l no-cache -d 'Neither read nor write the cache'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -s q -l quiet -d 'Print results only, without notes and warnings'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -l no-apex-prefilter -d 'Read all Apex instead of what its words make worth reading: the same findings, later'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand history" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand blame" -l rule -d 'Only findings of this rule or group; can be given several times' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand blame" -l profile -d 'Only values of profiles that fit this glob, by label or fullName, and findings in their files' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand blame" -l app -d 'Only settings of apps that fit this glob, by label or fullName, and findings in their files' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand blame" -l format -d 'How to write the answer' -r -f -a "human\t''
json\t''
csv\t''
markdown\t''"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand blame" -l preset -d 'Rules to run; the default is the configuration\'s preset, else `continuity`' -r -f -a "continuity\t'Sessions and integrations keep working'
security\t'Salesforce\'s hardening advice and Health Check'
all\t'Both'"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand blame" -l rules -d 'Load rule pages from this folder too' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand blame" -l config -d 'Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it for this run, as in preset=all (can be given several times; a file that exists is a file)' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand blame" -l as-of -d 'Check dates as of this day (YYYY-MM-DD) instead of today' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand blame" -l threads -d 'Use this many threads instead of one per core' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand blame" -l max-memory -d 'Limit the memory for reading to about this: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand blame" -l cache-dir -d 'Use this cache folder instead of the user\'s' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand blame" -s o -l output -d 'Write to a file instead of standard output (`-`); commands that answer for several projects take a folder (DIR/) for one file each' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand blame" -l color -d 'Colour the output' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand blame" -l anonymous -d 'Leave out names and addresses of people, and titles of commits, which may hold some'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand blame" -l preview -d 'Run preview rules too, which may change in any version'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand blame" -l no-project-config -d 'Ignore the project\'s sessionlint.toml and its rules: for a third-party repository'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand blame" -l no-cache -d 'Neither read nor write the cache'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand blame" -s q -l quiet -d 'Print results only, without notes and warnings'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand blame" -l no-apex-prefilter -d 'Read all Apex instead of what its words make worth reading: the same findings, later'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand blame" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -l format -d 'Output format of the page' -r -f -a "html\t'One self-contained page for a browser'
markdown\t'The same as a document, without pictures'"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -l preset -d 'Rules to run; the default is the configuration\'s preset, else `continuity`' -r -f -a "continuity\t'Sessions and integrations keep working'
security\t'Salesforce\'s hardening advice and Health Check'
all\t'Both'"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -l rules -d 'Load rule pages from this folder too' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -l baseline -d 'Leave out the known findings in this file; the page shows their number' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -l title -d 'Title of the page, in place of "Sessions and integrations of PROJECT"' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -l client -d 'For whom the page is' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -l author -d 'By whom the page is' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -l logo -d 'A picture for the head of the page (PNG, JPEG, GIF, WebP or SVG, up to 512 KB); it is embedded' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -l since -d 'Begin the history after this commit, or on this day (YYYY-MM-DD, UTC, by the date of the commit)' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -l config -d 'Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it for this run, as in preset=all (can be given several times; a file that exists is a file)' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -l as-of -d 'Check dates as of this day (YYYY-MM-DD) instead of today' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -l threads -d 'Use this many threads instead of one per core' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -l max-memory -d 'Limit the memory for reading to about this: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -l cache-dir -d 'Use this cache folder instead of the user\'s' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -s o -l output -d 'Write to a file instead of standard output (`-`); commands that answer for several projects take a folder (DIR/) for one file each' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -l color -d 'Colour the output' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -l preview -d 'Run preview rules too, which may change in any version'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -l history -d 'Add how the timeouts of the org and of profiles changed from commit to commit; names of people are left out'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -l blame -d 'Add since which commit each finding is one'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -l no-project-config -d 'Ignore the project\'s sessionlint.toml and its rules: for a third-party repository'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -l no-cache -d 'Neither read nor write the cache'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -s q -l quiet -d 'Print results only, without notes and warnings'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -l no-apex-prefilter -d 'Read all Apex instead of what its words make worth reading: the same findings, later'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand report" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand fleet" -l format -d 'Output format; the default is a table, and an HTML page into a folder' -r -f -a "table\t'Columns for a terminal'
json\t'Everything, for programs'
markdown\t'A document'
html\t'One self-contained page for a browser'"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand fleet" -l preset -d 'Rules to run; the default is the configuration\'s preset, else `continuity`' -r -f -a "continuity\t'Sessions and integrations keep working'
security\t'Salesforce\'s hardening advice and Health Check'
all\t'Both'"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand fleet" -l rules -d 'Load rule pages from this folder too' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand fleet" -l fail-on -d 'Exit with 1 if a finding is at least this severe; the default is each project\'s configuration, else `warning`' -r -f -a "error\t''
warning\t''
note\t''
never\t''"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand fleet" -l config -d 'Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it for this run, as in preset=all (can be given several times; a file that exists is a file)' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand fleet" -l as-of -d 'Check dates as of this day (YYYY-MM-DD) instead of today' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand fleet" -l threads -d 'Use this many threads instead of one per core' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand fleet" -l max-memory -d 'Limit the memory for reading to about this: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand fleet" -l cache-dir -d 'Use this cache folder instead of the user\'s' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand fleet" -l color -d 'Colour the output' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand fleet" -s o -l output -d 'Write the result into this folder, as index.EXT, with the report of each project' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand fleet" -l preview -d 'Run preview rules too, which may change in any version'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand fleet" -l no-project-config -d 'Ignore the project\'s sessionlint.toml and its rules: for a third-party repository'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand fleet" -l no-cache -d 'Neither read nor write the cache'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand fleet" -s q -l quiet -d 'Print results only, without notes and warnings'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand fleet" -l no-apex-prefilter -d 'Read all Apex instead of what its words make worth reading: the same findings, later'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand fleet" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand query" -l tables -d 'List the tables, or those with this word in a table or column name' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand query" -l columns -d 'List the columns of a table, with descriptions' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand query" -l format -d 'Output format' -r -f -a "table\t''
csv\t''
json\t''
markdown\t''"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand query" -l config -d 'Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it for this run, as in preset=all (can be given several times; a file that exists is a file)' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand query" -l as-of -d 'Check dates as of this day (YYYY-MM-DD) instead of today' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand query" -l threads -d 'Use this many threads instead of one per core' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand query" -l max-memory -d 'Limit the memory for reading to about this: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand query" -l cache-dir -d 'Use this cache folder instead of the user\'s' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand query" -s o -l output -d 'Write to a file instead of standard output (`-`); commands that answer for several projects take a folder (DIR/) for one file each' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand query" -l color -d 'Colour the output' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand query" -l no-project-config -d 'Ignore the project\'s sessionlint.toml and its rules: for a third-party repository'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand query" -l no-cache -d 'Neither read nor write the cache'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand query" -s q -l quiet -d 'Print results only, without notes and warnings'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand query" -l no-apex-prefilter -d 'Read all Apex instead of what its words make worth reading: the same findings, later'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand query" -s h -l help -d 'Print help'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand explain" -l rules -d 'Load rule pages from this folder too' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand explain" -l color -d 'Colour the output' -r -f -a "auto\t''
always\t''
never\t''"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand explain" -s h -l help -d 'Print help'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand lsp" -l preset -d 'Rules to run; the default is the configuration\'s preset, else `continuity`' -r -f -a "continuity\t'Sessions and integrations keep working'
security\t'Salesforce\'s hardening advice and Health Check'
all\t'Both'"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand lsp" -l rules -d 'Load rule pages from this folder too' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand lsp" -l config -d 'Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it, as in preset=all (can be given several times; a file that exists is a file)' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand lsp" -l as-of -d 'Check dates as of this day (YYYY-MM-DD) instead of today' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand lsp" -l max-memory -d 'Limit the memory for reading each project to about this: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand lsp" -l cache-dir -d 'Use this cache folder instead of the user\'s' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand lsp" -l stdio -d 'Use standard input and output; the only way, and the default'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand lsp" -l preview -d 'Run preview rules too, which may change in any version'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand lsp" -l no-project-config -d 'Ignore the project\'s sessionlint.toml and its rules: for a third-party repository'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand lsp" -l no-cache -d 'Neither read nor write the cache'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand lsp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand mcp" -l root -d 'Read nothing outside this folder, and outside the roots that the client names; can be given several times. The default is the client\'s roots, else the current folder' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand mcp" -l max-memory -d 'Limit the memory for reading to about this: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand mcp" -l no-project-config -d 'Ignore the sessionlint.toml of projects and their rules: for third-party repositories'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand mcp" -s h -l help -d 'Print help'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand init" -l print -d 'Print the file instead of writing it'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand init" -s h -l help -d 'Print help'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand completions" -s h -l help -d 'Print help'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand man" -s h -l help -d 'Print help'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand rules; and not __fish_seen_subcommand_from list new test help" -s h -l help -d 'Print help'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand rules; and not __fish_seen_subcommand_from list new test help" -f -a "list" -d 'List all rules with their severity in each preset'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand rules; and not __fish_seen_subcommand_from list new test help" -f -a "new" -d 'Write a page of your own to start from, whose examples hold'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand rules; and not __fish_seen_subcommand_from list new test help" -f -a "test" -d 'Run the examples of the pages in a folder'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand rules; and not __fish_seen_subcommand_from list new test help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand rules; and __fish_seen_subcommand_from list" -l format -d 'Output format of the list' -r -f -a "table\t''
csv\t''
json\t''
markdown\t''"
complete -c sessionlint -n "__fish_sessionlint_using_subcommand rules; and __fish_seen_subcommand_from list" -l benchmark -d 'Only rules that name controls of this benchmark (`SBS`, `Health-Check`), with those controls' -r
complete -c sessionlint -n "__fish_sessionlint_using_subcommand rules; and __fish_seen_subcommand_from list" -l rules -d 'Load rule pages from this folder too' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand rules; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand rules; and __fish_seen_subcommand_from new" -l dir -d 'The folder of rule pages to write it in' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand rules; and __fish_seen_subcommand_from new" -s h -l help -d 'Print help'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand rules; and __fish_seen_subcommand_from test" -l update -d 'Write the reports of the examples into the pages'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand rules; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "list" -d 'List all rules with their severity in each preset'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "new" -d 'Write a page of your own to start from, whose examples hold'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "test" -d 'Run the examples of the pages in a folder'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand schema" -s h -l help -d 'Print help'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand cache; and not __fish_seen_subcommand_from show clean help" -s h -l help -d 'Print help'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand cache; and not __fish_seen_subcommand_from show clean help" -f -a "show" -d 'List the cached projects and their sizes'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand cache; and not __fish_seen_subcommand_from show clean help" -f -a "clean" -d 'Remove the cache'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand cache; and not __fish_seen_subcommand_from show clean help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand cache; and __fish_seen_subcommand_from show" -l cache-dir -d 'The folder, instead of the user\'s' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand cache; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand cache; and __fish_seen_subcommand_from clean" -l cache-dir -d 'The folder, instead of the user\'s' -r -F
complete -c sessionlint -n "__fish_sessionlint_using_subcommand cache; and __fish_seen_subcommand_from clean" -s h -l help -d 'Print help'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "show" -d 'List the cached projects and their sizes'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "clean" -d 'Remove the cache'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and not __fish_seen_subcommand_from check sessions diagnose calendar diff history blame report fleet query explain lsp mcp init completions man rules schema cache help" -f -a "check" -d 'Check a project and report what is wrong, where, why, and what to do'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and not __fish_seen_subcommand_from check sessions diagnose calendar diff history blame report fleet query explain lsp mcp init completions man rules schema cache help" -f -a "sessions" -d 'Show how long every session is valid, and which level decides it'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and not __fish_seen_subcommand_from check sessions diagnose calendar diff history blame report fleet query explain lsp mcp init completions man rules schema cache help" -f -a "diagnose" -d 'Find the causes of a symptom: confirmed, possible, ruled out, and not visible in files'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and not __fish_seen_subcommand_from check sessions diagnose calendar diff history blame report fleet query explain lsp mcp init completions man rules schema cache help" -f -a "calendar" -d 'List the dated Salesforce changes that affect the project, the nearest first'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and not __fish_seen_subcommand_from check sessions diagnose calendar diff history blame report fleet query explain lsp mcp init completions man rules schema cache help" -f -a "diff" -d 'Show what changes between two folders, zips or git revisions: sessions, apps, findings'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and not __fish_seen_subcommand_from check sessions diagnose calendar diff history blame report fleet query explain lsp mcp init completions man rules schema cache help" -f -a "history" -d 'Show what commits did to sessions, apps and findings, in order of time'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and not __fish_seen_subcommand_from check sessions diagnose calendar diff history blame report fleet query explain lsp mcp init completions man rules schema cache help" -f -a "blame" -d 'Show which commit made each finding and each value what it is today'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and not __fish_seen_subcommand_from check sessions diagnose calendar diff history blame report fleet query explain lsp mcp init completions man rules schema cache help" -f -a "report" -d 'Write one page about a project to hand over: sessions, integrations, dates, findings, a change plan'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and not __fish_seen_subcommand_from check sessions diagnose calendar diff history blame report fleet query explain lsp mcp init completions man rules schema cache help" -f -a "fleet" -d 'Compare many projects in one table, one row per project, the worst first'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and not __fish_seen_subcommand_from check sessions diagnose calendar diff history blame report fleet query explain lsp mcp init completions man rules schema cache help" -f -a "query" -d 'Query the project\'s metadata in SOQL'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and not __fish_seen_subcommand_from check sessions diagnose calendar diff history blame report fleet query explain lsp mcp init completions man rules schema cache help" -f -a "explain" -d 'Print the page of a rule: what it finds, why it matters, the trade-off, examples'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and not __fish_seen_subcommand_from check sessions diagnose calendar diff history blame report fleet query explain lsp mcp init completions man rules schema cache help" -f -a "lsp" -d 'Serve editors: findings while people type, over the Language Server Protocol'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and not __fish_seen_subcommand_from check sessions diagnose calendar diff history blame report fleet query explain lsp mcp init completions man rules schema cache help" -f -a "mcp" -d 'Serve agents: the commands that only read, over the Model Context Protocol'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and not __fish_seen_subcommand_from check sessions diagnose calendar diff history blame report fleet query explain lsp mcp init completions man rules schema cache help" -f -a "init" -d 'Write a commented sessionlint.toml for the project'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and not __fish_seen_subcommand_from check sessions diagnose calendar diff history blame report fleet query explain lsp mcp init completions man rules schema cache help" -f -a "completions" -d 'Print the completion script of a shell'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and not __fish_seen_subcommand_from check sessions diagnose calendar diff history blame report fleet query explain lsp mcp init completions man rules schema cache help" -f -a "man" -d 'Print the manual page'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and not __fish_seen_subcommand_from check sessions diagnose calendar diff history blame report fleet query explain lsp mcp init completions man rules schema cache help" -f -a "rules" -d 'List the rules, start a custom rule page, or test pages'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and not __fish_seen_subcommand_from check sessions diagnose calendar diff history blame report fleet query explain lsp mcp init completions man rules schema cache help" -f -a "schema" -d 'Print the JSON Schema of sessionlint.toml, for editors'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and not __fish_seen_subcommand_from check sessions diagnose calendar diff history blame report fleet query explain lsp mcp init completions man rules schema cache help" -f -a "cache" -d 'Show or remove the cache that makes the next run faster'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and not __fish_seen_subcommand_from check sessions diagnose calendar diff history blame report fleet query explain lsp mcp init completions man rules schema cache help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and __fish_seen_subcommand_from rules" -f -a "list" -d 'List all rules with their severity in each preset'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and __fish_seen_subcommand_from rules" -f -a "new" -d 'Write a page of your own to start from, whose examples hold'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and __fish_seen_subcommand_from rules" -f -a "test" -d 'Run the examples of the pages in a folder'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "show" -d 'List the cached projects and their sizes'
complete -c sessionlint -n "__fish_sessionlint_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "clean" -d 'Remove the cache'
