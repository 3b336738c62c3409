#compdef sessionlint

autoload -U is-at-least

_sessionlint() {
    typeset -A opt_args
    typeset -a _arguments_options
    local ret=1

    if is-at-least 5.2; then
        _arguments_options=(-s -S -C)
    else
        _arguments_options=(-s -C)
    fi

    local context curcontext="$curcontext" state line
    _arguments "${_arguments_options[@]}" : \
'-h[Print help]' \
'--help[Print help]' \
'-V[Print version]' \
'--version[Print version]' \
":: :_sessionlint_commands" \
"*::: :->sessionlint" \
&& ret=0
    case $state in
    (sessionlint)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:sessionlint-command-$line[1]:"
        case $line[1] in
            (check)
_arguments "${_arguments_options[@]}" : \
'--file-list=[Read more paths from a file, one per line or separated by NUL; \`-\` is standard input]:FILE:_files' \
'--stdin-filename=[With \`-\`\: the file of the project that standard input takes the place of, whether it exists or not]:PATH:_files' \
'--format=[Output format of findings]:FORMAT:((human\:"Grouped, with source lines"
concise\:"One line per finding"
json\:"Everything, for programs"
sarif\:"SARIF 2.1.0, for GitHub code scanning, Azure DevOps and editors"
github\:"Annotations for GitHub Actions"
gitlab\:"GitLab'\''s Code Quality report"
junit\:"JUnit XML, for Jenkins and other test viewers"
markdown\:"A comment for a pull request"
csv\:"A row a finding, for spreadsheets"
azure\:"Logging commands of Azure Pipelines"
rdjson\:"reviewdog'\''s Diagnostic Format, with fixes as suggestions"))' \
'*--also=[Also write a report in this format to this file, or one for each project into a folder (FORMAT=DIR/); can be given several times]:FORMAT=FILE:_default' \
'--preset=[Rules to run; the default is the configuration'\''s preset, else \`continuity\`]:PRESET:((continuity\:"Sessions and integrations keep working"
security\:"Salesforce'\''s hardening advice and Health Check"
all\:"Both"))' \
'*--select=[Run only these rules or groups, whatever the preset]:RULE-OR-GROUP:_default' \
'*--ignore=[Skip these rules or groups]:RULE-OR-GROUP:_default' \
'(--update-baseline)*--exclude=[Show no finding in files that this glob matches, and fix none\: a path below the project or the current folder, or a name without \`/\` at any depth; can be given several times. The files are read all the same]:GLOB:_default' \
'*--rules=[Load rule pages from this folder too]:DIR:_files' \
'--baseline=[Report only findings that are not in this file of known findings]:FILE:_files' \
'(--fix --diff --update-baseline --config-from --no-project-config)--add-ignore=[Suppress what is found\: write an \`\[\[ignore\]\]\` entry for each rule and file into sessionlint.toml, with this reason or with one to fill in]::REASON:_default' \
'(--no-project-config)--config-from=[Use the configuration of this git revision, with the rules that it names\: in a pull request, its base]:REVISION:_default' \
'--fail-on=[Exit with 1 if a finding is at least this severe; the default is the configuration'\''s, else \`warning\`]:SEVERITY:(error warning note never)' \
'(--diff)--min-severity=[Show only findings that are at least this severe; the summary counts the others, and --fail-on judges all]:SEVERITY:(error warning note)' \
'--base=[Show paths relative to this folder (not in JSON, whose paths are relative to the project)]:DIR:_files' \
'*--config=[Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it for this run, as in preset=all (can be given several times; a file that exists is a file)]:FILE|KEY=VALUE:_files' \
'--as-of=[Check dates as of this day (YYYY-MM-DD) instead of today]:DATE:_default' \
'--threads=[Use this many threads instead of one per core]:N:_default' \
'--max-memory=[Limit the memory for reading to about this\: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported]:SIZE:_default' \
'--cache-dir=[Use this cache folder instead of the user'\''s]:DIR:_files' \
'-o+[Write to a file instead of standard output (\`-\`); commands that answer for several projects take a folder (DIR/) for one file each]:FILE:_files' \
'--output=[Write to a file instead of standard output (\`-\`); commands that answer for several projects take a folder (DIR/) for one file each]:FILE:_files' \
'--color=[Colour the output]:WHEN:(auto always never)' \
'--preview[Run preview rules too, which may change in any version]' \
'--fix[Apply the fixes that weaken no protection, run all rules again, and report what remains]' \
'--unsafe-fixes[Also apply (with --diff\: show) fixes that weaken a protection; each names it]' \
'(--format --also --statistics --update-baseline)--diff[Print the changes of --fix as a unified diff and write nothing; exit with 1 if there are changes]' \
'--update-baseline[Update the baseline to the current findings\: remove fixed ones, add new ones]' \
'(--fix --diff --update-baseline --add-ignore --format --also)--show-settings[Print the settings of the run, each with where it comes from, and check nothing]' \
'(--fix --diff --update-baseline --add-ignore --show-settings)--watch[Check again whenever a file changes, until Ctrl-C]' \
'--exit-zero[Exit with 0 whatever is found; 2 and 3 stay for wrong usage and for what could not be read or written]' \
'(--fix --diff --update-baseline --add-ignore --show-settings --stdin-filename)--blame[Add to each finding the commit since which it is one (human, JSON, SARIF)]' \
'--notes[Show each note instead of one line per rule]' \
'--statistics[Count findings per rule instead of listing them; not with a document such as json]' \
'--timings[Print the times of each part and of the slowest rules to standard error]' \
'--no-project-config[Ignore the project'\''s sessionlint.toml and its rules\: for a third-party repository]' \
'--no-cache[Neither read nor write the cache]' \
'-q[Print results only, without notes and warnings]' \
'--quiet[Print results only, without notes and warnings]' \
'--no-apex-prefilter[Read all Apex instead of what its words make worth reading\: the same findings, later]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::paths -- A project, a folder in one, or files (as hooks pass them); `-` is one file on standard input:_files' \
&& ret=0
;;
(sessions)
_arguments "${_arguments_options[@]}" : \
'--format=[Output format]:FORMAT:(table csv json markdown)' \
'*--config=[Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it for this run, as in preset=all (can be given several times; a file that exists is a file)]:FILE|KEY=VALUE:_files' \
'--as-of=[Check dates as of this day (YYYY-MM-DD) instead of today]:DATE:_default' \
'--threads=[Use this many threads instead of one per core]:N:_default' \
'--max-memory=[Limit the memory for reading to about this\: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported]:SIZE:_default' \
'--cache-dir=[Use this cache folder instead of the user'\''s]:DIR:_files' \
'-o+[Write to a file instead of standard output (\`-\`); commands that answer for several projects take a folder (DIR/) for one file each]:FILE:_files' \
'--output=[Write to a file instead of standard output (\`-\`); commands that answer for several projects take a folder (DIR/) for one file each]:FILE:_files' \
'--color=[Colour the output]:WHEN:(auto always never)' \
'--no-project-config[Ignore the project'\''s sessionlint.toml and its rules\: for a third-party repository]' \
'--no-cache[Neither read nor write the cache]' \
'-q[Print results only, without notes and warnings]' \
'--quiet[Print results only, without notes and warnings]' \
'--no-apex-prefilter[Read all Apex instead of what its words make worth reading\: the same findings, later]' \
'-h[Print help]' \
'--help[Print help]' \
'::path -- The project:_files' \
&& ret=0
;;
(diagnose)
_arguments "${_arguments_options[@]}" : \
'--symptom=[Only this symptom\: its id, a description ("\`INVALID_SESSION_ID\` after two hours"), or an error message]:ID-OR-WORDS:_default' \
'--broke-on=[The day on which it broke (YYYY-MM-DD)\: what a commit changed shortly before comes first, with what Salesforce changed near it; the project must be in a git repository]:DATE:_default' \
'--within=[How many days before that day count]:DAYS:_default' \
'--format=[Output format]:FORMAT:(human json markdown)' \
'*--rules=[Load rule pages from this folder too]:DIR:_files' \
'*--evidence=[Read these exports of the org and logs as evidence\: CSV or JSON of \`LoginHistory\`, \`SetupAuditTrail\`, \`OauthToken\`, \`AuthSession\` and event log files, and logs of an integration. They are read only, and nothing leaves the machine]:FILE:_files' \
'--time-zone=[The zone of times in the evidence that have none, by its name\: Europe/Berlin]:NAME:_default' \
'--date-order=[What comes first in dates of the evidence that are all numbers, where no date of the file shows it]:ORDER:((day-first\:"28/11/2026"
month-first\:"11/28/2026"))' \
'*--config=[Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it for this run, as in preset=all (can be given several times; a file that exists is a file)]:FILE|KEY=VALUE:_files' \
'--as-of=[Check dates as of this day (YYYY-MM-DD) instead of today]:DATE:_default' \
'--threads=[Use this many threads instead of one per core]:N:_default' \
'--max-memory=[Limit the memory for reading to about this\: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported]:SIZE:_default' \
'--cache-dir=[Use this cache folder instead of the user'\''s]:DIR:_files' \
'-o+[Write to a file instead of standard output (\`-\`); commands that answer for several projects take a folder (DIR/) for one file each]:FILE:_files' \
'--output=[Write to a file instead of standard output (\`-\`); commands that answer for several projects take a folder (DIR/) for one file each]:FILE:_files' \
'--color=[Colour the output]:WHEN:(auto always never)' \
'--anonymous[Leave out names of people and titles of commits]' \
'--preview[Run preview rules too, which may change in any version]' \
'--show-users[Name users and addresses of the evidence, which are left out otherwise]' \
'--no-project-config[Ignore the project'\''s sessionlint.toml and its rules\: for a third-party repository]' \
'--no-cache[Neither read nor write the cache]' \
'-q[Print results only, without notes and warnings]' \
'--quiet[Print results only, without notes and warnings]' \
'--no-apex-prefilter[Read all Apex instead of what its words make worth reading\: the same findings, later]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::path -- The project:_files' \
&& ret=0
;;
(calendar)
_arguments "${_arguments_options[@]}" : \
'--format=[Output format; \`ics\` leaves out changes that have no exact day]:FORMAT:((human\:""
json\:""
ics\:"An iCalendar file, without changes that have no exact day"))' \
'*--config=[Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it for this run, as in preset=all (can be given several times; a file that exists is a file)]:FILE|KEY=VALUE:_files' \
'--as-of=[Check dates as of this day (YYYY-MM-DD) instead of today]:DATE:_default' \
'--threads=[Use this many threads instead of one per core]:N:_default' \
'--max-memory=[Limit the memory for reading to about this\: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported]:SIZE:_default' \
'--cache-dir=[Use this cache folder instead of the user'\''s]:DIR:_files' \
'-o+[Write to a file instead of standard output (\`-\`); commands that answer for several projects take a folder (DIR/) for one file each]:FILE:_files' \
'--output=[Write to a file instead of standard output (\`-\`); commands that answer for several projects take a folder (DIR/) for one file each]:FILE:_files' \
'--color=[Colour the output]:WHEN:(auto always never)' \
'--all[List all changes, also those that affect no file of the project]' \
'--no-project-config[Ignore the project'\''s sessionlint.toml and its rules\: for a third-party repository]' \
'--no-cache[Neither read nor write the cache]' \
'-q[Print results only, without notes and warnings]' \
'--quiet[Print results only, without notes and warnings]' \
'--no-apex-prefilter[Read all Apex instead of what its words make worth reading\: the same findings, later]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::path -- The project:_files' \
&& ret=0
;;
(diff)
_arguments "${_arguments_options[@]}" : \
'--project=[The project of the revisions and the working tree]:PATH:_files' \
'--format=[Output format of changes]:FORMAT:((human\:"One line per change"
markdown\:"A comment for a pull request"
json\:"Everything, for programs"
github\:"Annotations for GitHub Actions\: what gets worse, and the findings that are new"
sarif\:"SARIF 2.1.0 with the findings that are new"))' \
'--preset=[Rules to run; the default is the configuration'\''s preset, else \`continuity\`]:PRESET:((continuity\:"Sessions and integrations keep working"
security\:"Salesforce'\''s hardening advice and Health Check"
all\:"Both"))' \
'*--rules=[Load rule pages from this folder too]:DIR:_files' \
'--config-from=[Use the configuration of this state for both]:STATE:((old\:"That of OLD\: in a pull request, the reviewed one"
new\:"That of NEW"))' \
'--fail-on=[Exit with 1 if a new finding is at least this severe, or if anything gets worse (except with \`never\`)]:SEVERITY:(error warning note never)' \
'*--config=[Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it for this run, as in preset=all (can be given several times; a file that exists is a file)]:FILE|KEY=VALUE:_files' \
'--as-of=[Check dates as of this day (YYYY-MM-DD) instead of today]:DATE:_default' \
'--threads=[Use this many threads instead of one per core]:N:_default' \
'--max-memory=[Limit the memory for reading to about this\: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported]:SIZE:_default' \
'--cache-dir=[Use this cache folder instead of the user'\''s]:DIR:_files' \
'-o+[Write to a file instead of standard output (\`-\`); commands that answer for several projects take a folder (DIR/) for one file each]:FILE:_files' \
'--output=[Write to a file instead of standard output (\`-\`); commands that answer for several projects take a folder (DIR/) for one file each]:FILE:_files' \
'--color=[Colour the output]:WHEN:(auto always never)' \
'--preview[Run preview rules too, which may change in any version]' \
'--notes[Name every profile and finding behind a line of the human format]' \
'--no-project-config[Ignore the project'\''s sessionlint.toml and its rules\: for a third-party repository]' \
'--no-cache[Neither read nor write the cache]' \
'-q[Print results only, without notes and warnings]' \
'--quiet[Print results only, without notes and warnings]' \
'--no-apex-prefilter[Read all Apex instead of what its words make worth reading\: the same findings, later]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':old -- The state before\: a folder, a zip, or a git revision; an existing path wins (write `NAME~0` for a branch with the same name):_files' \
'::new -- The state after, in the same forms; the default is the project'\''s working tree:_files' \
&& ret=0
;;
(history)
_arguments "${_arguments_options[@]}" : \
'--since=[Begin after this commit, or on this day (YYYY-MM-DD, UTC, by the date of the commit)]:DATE|REV:_default' \
'--until=[End with this commit, or on this day]:DATE|REV:_default' \
'*--profile=[Only what concerns these profiles, by label or fullName; can be given several times]:GLOB:_default' \
'*--app=[Only what concerns these apps, by label or fullName; can be given several times]:GLOB:_default' \
'--format=[How to write the changes]:FORMAT:((human\:"A few lines a commit"
json\:"Everything, for programs"
markdown\:"A table for a document"
csv\:"A row for each change, for a spreadsheet"
html\:"A page for a browser"))' \
'--preset=[Rules to run; the default is the configuration'\''s preset, else \`continuity\`]:PRESET:((continuity\:"Sessions and integrations keep working"
security\:"Salesforce'\''s hardening advice and Health Check"
all\:"Both"))' \
'*--rules=[Load rule pages from this folder too]:DIR:_files' \
'*--config=[Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it for this run, as in preset=all (can be given several times; a file that exists is a file)]:FILE|KEY=VALUE:_files' \
'--as-of=[Check dates as of this day (YYYY-MM-DD) instead of today]:DATE:_default' \
'--threads=[Use this many threads instead of one per core]:N:_default' \
'--max-memory=[Limit the memory for reading to about this\: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported]:SIZE:_default' \
'--cache-dir=[Use this cache folder instead of the user'\''s]:DIR:_files' \
'-o+[Write to a file instead of standard output (\`-\`); commands that answer for several projects take a folder (DIR/) for one file each]:FILE:_files' \
'--output=[Write to a file instead of standard output (\`-\`); commands that answer for several projects take a folder (DIR/) for one file each]:FILE:_files' \
'--color=[Colour the output]:WHEN:(auto always never)' \
'--first-parent[Follow only the first parent of each merge, and list everything that a merge brought]' \
'--anonymous[Leave out names and addresses of people, and titles of commits, which may hold some]' \
'--notes[Name every profile and finding that a line of the human format stands for]' \
'--preview[Run preview rules too, which may change in any version]' \
'--no-project-config[Ignore the project'\''s sessionlint.toml and its rules\: for a third-party repository]' \
'--no-cache[Neither read nor write the cache]' \
'-q[Print results only, without notes and warnings]' \
'--quiet[Print results only, without notes and warnings]' \
'--no-apex-prefilter[Read all Apex instead of what its words make worth reading\: the same findings, later]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::path -- The project\: a folder in a git repository, or a repository without a work tree:_files' \
&& ret=0
;;
(blame)
_arguments "${_arguments_options[@]}" : \
'*--rule=[Only findings of this rule or group; can be given several times]:RULE-OR-GROUP:_default' \
'*--profile=[Only values of profiles that fit this glob, by label or fullName, and findings in their files]:GLOB:_default' \
'*--app=[Only settings of apps that fit this glob, by label or fullName, and findings in their files]:GLOB:_default' \
'--format=[How to write the answer]:FORMAT:(human json csv markdown)' \
'--preset=[Rules to run; the default is the configuration'\''s preset, else \`continuity\`]:PRESET:((continuity\:"Sessions and integrations keep working"
security\:"Salesforce'\''s hardening advice and Health Check"
all\:"Both"))' \
'*--rules=[Load rule pages from this folder too]:DIR:_files' \
'*--config=[Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it for this run, as in preset=all (can be given several times; a file that exists is a file)]:FILE|KEY=VALUE:_files' \
'--as-of=[Check dates as of this day (YYYY-MM-DD) instead of today]:DATE:_default' \
'--threads=[Use this many threads instead of one per core]:N:_default' \
'--max-memory=[Limit the memory for reading to about this\: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported]:SIZE:_default' \
'--cache-dir=[Use this cache folder instead of the user'\''s]:DIR:_files' \
'-o+[Write to a file instead of standard output (\`-\`); commands that answer for several projects take a folder (DIR/) for one file each]:FILE:_files' \
'--output=[Write to a file instead of standard output (\`-\`); commands that answer for several projects take a folder (DIR/) for one file each]:FILE:_files' \
'--color=[Colour the output]:WHEN:(auto always never)' \
'--anonymous[Leave out names and addresses of people, and titles of commits, which may hold some]' \
'--preview[Run preview rules too, which may change in any version]' \
'--no-project-config[Ignore the project'\''s sessionlint.toml and its rules\: for a third-party repository]' \
'--no-cache[Neither read nor write the cache]' \
'-q[Print results only, without notes and warnings]' \
'--quiet[Print results only, without notes and warnings]' \
'--no-apex-prefilter[Read all Apex instead of what its words make worth reading\: the same findings, later]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::path -- The project\: a folder in a git repository, or a repository without a work tree:_files' \
&& ret=0
;;
(report)
_arguments "${_arguments_options[@]}" : \
'--format=[Output format of the page]:FORMAT:((html\:"One self-contained page for a browser"
markdown\:"The same as a document, without pictures"))' \
'--preset=[Rules to run; the default is the configuration'\''s preset, else \`continuity\`]:PRESET:((continuity\:"Sessions and integrations keep working"
security\:"Salesforce'\''s hardening advice and Health Check"
all\:"Both"))' \
'*--rules=[Load rule pages from this folder too]:DIR:_files' \
'--baseline=[Leave out the known findings in this file; the page shows their number]:FILE:_files' \
'--title=[Title of the page, in place of "Sessions and integrations of PROJECT"]:TEXT:_default' \
'--client=[For whom the page is]:NAME:_default' \
'--author=[By whom the page is]:NAME:_default' \
'--logo=[A picture for the head of the page (PNG, JPEG, GIF, WebP or SVG, up to 512 KB); it is embedded]:FILE:_files' \
'--since=[Begin the history after this commit, or on this day (YYYY-MM-DD, UTC, by the date of the commit)]:DATE|REV:_default' \
'*--config=[Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it for this run, as in preset=all (can be given several times; a file that exists is a file)]:FILE|KEY=VALUE:_files' \
'--as-of=[Check dates as of this day (YYYY-MM-DD) instead of today]:DATE:_default' \
'--threads=[Use this many threads instead of one per core]:N:_default' \
'--max-memory=[Limit the memory for reading to about this\: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported]:SIZE:_default' \
'--cache-dir=[Use this cache folder instead of the user'\''s]:DIR:_files' \
'-o+[Write to a file instead of standard output (\`-\`); commands that answer for several projects take a folder (DIR/) for one file each]:FILE:_files' \
'--output=[Write to a file instead of standard output (\`-\`); commands that answer for several projects take a folder (DIR/) for one file each]:FILE:_files' \
'--color=[Colour the output]:WHEN:(auto always never)' \
'--preview[Run preview rules too, which may change in any version]' \
'--history[Add how the timeouts of the org and of profiles changed from commit to commit; names of people are left out]' \
'--blame[Add since which commit each finding is one]' \
'--no-project-config[Ignore the project'\''s sessionlint.toml and its rules\: for a third-party repository]' \
'--no-cache[Neither read nor write the cache]' \
'-q[Print results only, without notes and warnings]' \
'--quiet[Print results only, without notes and warnings]' \
'--no-apex-prefilter[Read all Apex instead of what its words make worth reading\: the same findings, later]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::path -- The project:_files' \
&& ret=0
;;
(fleet)
_arguments "${_arguments_options[@]}" : \
'--format=[Output format; the default is a table, and an HTML page into a folder]:FORMAT:((table\:"Columns for a terminal"
json\:"Everything, for programs"
markdown\:"A document"
html\:"One self-contained page for a browser"))' \
'--preset=[Rules to run; the default is the configuration'\''s preset, else \`continuity\`]:PRESET:((continuity\:"Sessions and integrations keep working"
security\:"Salesforce'\''s hardening advice and Health Check"
all\:"Both"))' \
'*--rules=[Load rule pages from this folder too]:DIR:_files' \
'--fail-on=[Exit with 1 if a finding is at least this severe; the default is each project'\''s configuration, else \`warning\`]:SEVERITY:(error warning note never)' \
'*--config=[Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it for this run, as in preset=all (can be given several times; a file that exists is a file)]:FILE|KEY=VALUE:_files' \
'--as-of=[Check dates as of this day (YYYY-MM-DD) instead of today]:DATE:_default' \
'--threads=[Use this many threads instead of one per core]:N:_default' \
'--max-memory=[Limit the memory for reading to about this\: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported]:SIZE:_default' \
'--cache-dir=[Use this cache folder instead of the user'\''s]:DIR:_files' \
'--color=[Colour the output]:WHEN:(auto always never)' \
'-o+[Write the result into this folder, as index.EXT, with the report of each project]:DIR:_files' \
'--output=[Write the result into this folder, as index.EXT, with the report of each project]:DIR:_files' \
'--preview[Run preview rules too, which may change in any version]' \
'--no-project-config[Ignore the project'\''s sessionlint.toml and its rules\: for a third-party repository]' \
'--no-cache[Neither read nor write the cache]' \
'-q[Print results only, without notes and warnings]' \
'--quiet[Print results only, without notes and warnings]' \
'--no-apex-prefilter[Read all Apex instead of what its words make worth reading\: the same findings, later]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::paths -- Projects, folders of projects, or zips:_files' \
&& ret=0
;;
(query)
_arguments "${_arguments_options[@]}" : \
'(--columns)--tables=[List the tables, or those with this word in a table or column name]::WORD:_default' \
'--columns=[List the columns of a table, with descriptions]:TABLE:_default' \
'--format=[Output format]:FORMAT:(table csv json markdown)' \
'*--config=[Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it for this run, as in preset=all (can be given several times; a file that exists is a file)]:FILE|KEY=VALUE:_files' \
'--as-of=[Check dates as of this day (YYYY-MM-DD) instead of today]:DATE:_default' \
'--threads=[Use this many threads instead of one per core]:N:_default' \
'--max-memory=[Limit the memory for reading to about this\: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported]:SIZE:_default' \
'--cache-dir=[Use this cache folder instead of the user'\''s]:DIR:_files' \
'-o+[Write to a file instead of standard output (\`-\`); commands that answer for several projects take a folder (DIR/) for one file each]:FILE:_files' \
'--output=[Write to a file instead of standard output (\`-\`); commands that answer for several projects take a folder (DIR/) for one file each]:FILE:_files' \
'--color=[Colour the output]:WHEN:(auto always never)' \
'--no-project-config[Ignore the project'\''s sessionlint.toml and its rules\: for a third-party repository]' \
'--no-cache[Neither read nor write the cache]' \
'-q[Print results only, without notes and warnings]' \
'--quiet[Print results only, without notes and warnings]' \
'--no-apex-prefilter[Read all Apex instead of what its words make worth reading\: the same findings, later]' \
'-h[Print help]' \
'--help[Print help]' \
'::soql -- The query\: SELECT columns FROM table WHERE ... ORDER BY ...; `-` reads it from standard input:_default' \
'::path -- The project:_files' \
&& ret=0
;;
(explain)
_arguments "${_arguments_options[@]}" : \
'*--rules=[Load rule pages from this folder too]:DIR:_files' \
'--color=[Colour the output]:WHEN:(auto always never)' \
'-h[Print help]' \
'--help[Print help]' \
':rule -- The rule, as `group/id`:_default' \
&& ret=0
;;
(lsp)
_arguments "${_arguments_options[@]}" : \
'--preset=[Rules to run; the default is the configuration'\''s preset, else \`continuity\`]:PRESET:((continuity\:"Sessions and integrations keep working"
security\:"Salesforce'\''s hardening advice and Health Check"
all\:"Both"))' \
'*--rules=[Load rule pages from this folder too]:DIR:_files' \
'*--config=[Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one key of it, as in preset=all (can be given several times; a file that exists is a file)]:FILE|KEY=VALUE:_files' \
'--as-of=[Check dates as of this day (YYYY-MM-DD) instead of today]:DATE:_default' \
'--max-memory=[Limit the memory for reading each project to about this\: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported]:SIZE:_default' \
'--cache-dir=[Use this cache folder instead of the user'\''s]:DIR:_files' \
'--stdio[Use standard input and output; the only way, and the default]' \
'--preview[Run preview rules too, which may change in any version]' \
'--no-project-config[Ignore the project'\''s sessionlint.toml and its rules\: for a third-party repository]' \
'--no-cache[Neither read nor write the cache]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(mcp)
_arguments "${_arguments_options[@]}" : \
'*--root=[Read nothing outside this folder, and outside the roots that the client names; can be given several times. The default is the client'\''s roots, else the current folder]:DIR:_files' \
'--max-memory=[Limit the memory for reading to about this\: 512MiB, 2GiB, or a number of bytes; files that do not fit are left out and reported]:SIZE:_default' \
'--no-project-config[Ignore the sessionlint.toml of projects and their rules\: for third-party repositories]' \
'-h[Print help]' \
'--help[Print help]' \
&& ret=0
;;
(init)
_arguments "${_arguments_options[@]}" : \
'--print[Print the file instead of writing it]' \
'-h[Print help]' \
'--help[Print help]' \
'::path -- The project:_files' \
&& ret=0
;;
(completions)
_arguments "${_arguments_options[@]}" : \
'-h[Print help]' \
'--help[Print help]' \
':shell -- The shell:(bash elvish fish powershell zsh)' \
&& ret=0
;;
(man)
_arguments "${_arguments_options[@]}" : \
'-h[Print help]' \
'--help[Print help]' \
&& ret=0
;;
(rules)
_arguments "${_arguments_options[@]}" : \
'-h[Print help]' \
'--help[Print help]' \
":: :_sessionlint__subcmd__rules_commands" \
"*::: :->rules" \
&& ret=0

    case $state in
    (rules)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:sessionlint-rules-command-$line[1]:"
        case $line[1] in
            (list)
_arguments "${_arguments_options[@]}" : \
'--format=[Output format of the list]:FORMAT:(table csv json markdown)' \
'--benchmark=[Only rules that name controls of this benchmark (\`SBS\`, \`Health-Check\`), with those controls]:BENCHMARK:_default' \
'*--rules=[Load rule pages from this folder too]:DIR:_files' \
'-h[Print help]' \
'--help[Print help]' \
&& ret=0
;;
(new)
_arguments "${_arguments_options[@]}" : \
'--dir=[The folder of rule pages to write it in]:DIR:_files' \
'-h[Print help]' \
'--help[Print help]' \
':rule -- The rule'\''s id, as `group/id`:_default' \
&& ret=0
;;
(test)
_arguments "${_arguments_options[@]}" : \
'--update[Write the reports of the examples into the pages]' \
'-h[Print help]' \
'--help[Print help]' \
'::dir -- The folder of rule pages:_files' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_sessionlint__subcmd__rules__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:sessionlint-rules-help-command-$line[1]:"
        case $line[1] in
            (list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(new)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(test)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(schema)
_arguments "${_arguments_options[@]}" : \
'-h[Print help]' \
'--help[Print help]' \
&& ret=0
;;
(cache)
_arguments "${_arguments_options[@]}" : \
'-h[Print help]' \
'--help[Print help]' \
":: :_sessionlint__subcmd__cache_commands" \
"*::: :->cache" \
&& ret=0

    case $state in
    (cache)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:sessionlint-cache-command-$line[1]:"
        case $line[1] in
            (show)
_arguments "${_arguments_options[@]}" : \
'--cache-dir=[The folder, instead of the user'\''s]:DIR:_files' \
'-h[Print help]' \
'--help[Print help]' \
&& ret=0
;;
(clean)
_arguments "${_arguments_options[@]}" : \
'--cache-dir=[The folder, instead of the user'\''s]:DIR:_files' \
'-h[Print help]' \
'--help[Print help]' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_sessionlint__subcmd__cache__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:sessionlint-cache-help-command-$line[1]:"
        case $line[1] in
            (show)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(clean)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_sessionlint__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:sessionlint-help-command-$line[1]:"
        case $line[1] in
            (check)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(sessions)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(diagnose)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(calendar)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(diff)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(history)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(blame)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(report)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(fleet)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(query)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(explain)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(lsp)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(mcp)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(init)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(completions)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(man)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(rules)
_arguments "${_arguments_options[@]}" : \
":: :_sessionlint__subcmd__help__subcmd__rules_commands" \
"*::: :->rules" \
&& ret=0

    case $state in
    (rules)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:sessionlint-help-rules-command-$line[1]:"
        case $line[1] in
            (list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(new)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(test)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(schema)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(cache)
_arguments "${_arguments_options[@]}" : \
":: :_sessionlint__subcmd__help__subcmd__cache_commands" \
"*::: :->cache" \
&& ret=0

    case $state in
    (cache)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:sessionlint-help-cache-command-$line[1]:"
        case $line[1] in
            (show)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(clean)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
}

(( $+functions[_sessionlint_commands] )) ||
_sessionlint_commands() {
    local commands; commands=(
'check:Check a project and report what is wrong, where, why, and what to do' \
'sessions:Show how long every session is valid, and which level decides it' \
'diagnose:Find the causes of a symptom\: confirmed, possible, ruled out, and not visible in files' \
'calendar:List the dated Salesforce changes that affect the project, the nearest first' \
'diff:Show what changes between two folders, zips or git revisions\: sessions, apps, findings' \
'history:Show what commits did to sessions, apps and findings, in order of time' \
'blame:Show which commit made each finding and each value what it is today' \
'report:Write one page about a project to hand over\: sessions, integrations, dates, findings, a change plan' \
'fleet:Compare many projects in one table, one row per project, the worst first' \
'query:Query the project'\''s metadata in SOQL' \
'explain:Print the page of a rule\: what it finds, why it matters, the trade-off, examples' \
'lsp:Serve editors\: findings while people type, over the Language Server Protocol' \
'mcp:Serve agents\: the commands that only read, over the Model Context Protocol' \
'init:Write a commented sessionlint.toml for the project' \
'completions:Print the completion script of a shell' \
'man:Print the manual page' \
'rules:List the rules, start a custom rule page, or test pages' \
'schema:Print the JSON Schema of sessionlint.toml, for editors' \
'cache:Show or remove the cache that makes the next run faster' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'sessionlint commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__blame_commands] )) ||
_sessionlint__subcmd__blame_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint blame commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__cache_commands] )) ||
_sessionlint__subcmd__cache_commands() {
    local commands; commands=(
'show:List the cached projects and their sizes' \
'clean:Remove the cache' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'sessionlint cache commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__cache__subcmd__clean_commands] )) ||
_sessionlint__subcmd__cache__subcmd__clean_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint cache clean commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__cache__subcmd__help_commands] )) ||
_sessionlint__subcmd__cache__subcmd__help_commands() {
    local commands; commands=(
'show:List the cached projects and their sizes' \
'clean:Remove the cache' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'sessionlint cache help commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__cache__subcmd__help__subcmd__clean_commands] )) ||
_sessionlint__subcmd__cache__subcmd__help__subcmd__clean_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint cache help clean commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__cache__subcmd__help__subcmd__help_commands] )) ||
_sessionlint__subcmd__cache__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint cache help help commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__cache__subcmd__help__subcmd__show_commands] )) ||
_sessionlint__subcmd__cache__subcmd__help__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint cache help show commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__cache__subcmd__show_commands] )) ||
_sessionlint__subcmd__cache__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint cache show commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__calendar_commands] )) ||
_sessionlint__subcmd__calendar_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint calendar commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__check_commands] )) ||
_sessionlint__subcmd__check_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint check commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__completions_commands] )) ||
_sessionlint__subcmd__completions_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint completions commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__diagnose_commands] )) ||
_sessionlint__subcmd__diagnose_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint diagnose commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__diff_commands] )) ||
_sessionlint__subcmd__diff_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint diff commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__explain_commands] )) ||
_sessionlint__subcmd__explain_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint explain commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__fleet_commands] )) ||
_sessionlint__subcmd__fleet_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint fleet commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help_commands] )) ||
_sessionlint__subcmd__help_commands() {
    local commands; commands=(
'check:Check a project and report what is wrong, where, why, and what to do' \
'sessions:Show how long every session is valid, and which level decides it' \
'diagnose:Find the causes of a symptom\: confirmed, possible, ruled out, and not visible in files' \
'calendar:List the dated Salesforce changes that affect the project, the nearest first' \
'diff:Show what changes between two folders, zips or git revisions\: sessions, apps, findings' \
'history:Show what commits did to sessions, apps and findings, in order of time' \
'blame:Show which commit made each finding and each value what it is today' \
'report:Write one page about a project to hand over\: sessions, integrations, dates, findings, a change plan' \
'fleet:Compare many projects in one table, one row per project, the worst first' \
'query:Query the project'\''s metadata in SOQL' \
'explain:Print the page of a rule\: what it finds, why it matters, the trade-off, examples' \
'lsp:Serve editors\: findings while people type, over the Language Server Protocol' \
'mcp:Serve agents\: the commands that only read, over the Model Context Protocol' \
'init:Write a commented sessionlint.toml for the project' \
'completions:Print the completion script of a shell' \
'man:Print the manual page' \
'rules:List the rules, start a custom rule page, or test pages' \
'schema:Print the JSON Schema of sessionlint.toml, for editors' \
'cache:Show or remove the cache that makes the next run faster' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'sessionlint help commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__blame_commands] )) ||
_sessionlint__subcmd__help__subcmd__blame_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help blame commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__cache_commands] )) ||
_sessionlint__subcmd__help__subcmd__cache_commands() {
    local commands; commands=(
'show:List the cached projects and their sizes' \
'clean:Remove the cache' \
    )
    _describe -t commands 'sessionlint help cache commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__cache__subcmd__clean_commands] )) ||
_sessionlint__subcmd__help__subcmd__cache__subcmd__clean_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help cache clean commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__cache__subcmd__show_commands] )) ||
_sessionlint__subcmd__help__subcmd__cache__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help cache show commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__calendar_commands] )) ||
_sessionlint__subcmd__help__subcmd__calendar_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help calendar commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__check_commands] )) ||
_sessionlint__subcmd__help__subcmd__check_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help check commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__completions_commands] )) ||
_sessionlint__subcmd__help__subcmd__completions_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help completions commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__diagnose_commands] )) ||
_sessionlint__subcmd__help__subcmd__diagnose_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help diagnose commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__diff_commands] )) ||
_sessionlint__subcmd__help__subcmd__diff_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help diff commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__explain_commands] )) ||
_sessionlint__subcmd__help__subcmd__explain_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help explain commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__fleet_commands] )) ||
_sessionlint__subcmd__help__subcmd__fleet_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help fleet commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__help_commands] )) ||
_sessionlint__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help help commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__history_commands] )) ||
_sessionlint__subcmd__help__subcmd__history_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help history commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__init_commands] )) ||
_sessionlint__subcmd__help__subcmd__init_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help init commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__lsp_commands] )) ||
_sessionlint__subcmd__help__subcmd__lsp_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help lsp commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__man_commands] )) ||
_sessionlint__subcmd__help__subcmd__man_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help man commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__mcp_commands] )) ||
_sessionlint__subcmd__help__subcmd__mcp_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help mcp commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__query_commands] )) ||
_sessionlint__subcmd__help__subcmd__query_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help query commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__report_commands] )) ||
_sessionlint__subcmd__help__subcmd__report_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help report commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__rules_commands] )) ||
_sessionlint__subcmd__help__subcmd__rules_commands() {
    local commands; commands=(
'list:List all rules with their severity in each preset' \
'new:Write a page of your own to start from, whose examples hold' \
'test:Run the examples of the pages in a folder' \
    )
    _describe -t commands 'sessionlint help rules commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__rules__subcmd__list_commands] )) ||
_sessionlint__subcmd__help__subcmd__rules__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help rules list commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__rules__subcmd__new_commands] )) ||
_sessionlint__subcmd__help__subcmd__rules__subcmd__new_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help rules new commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__rules__subcmd__test_commands] )) ||
_sessionlint__subcmd__help__subcmd__rules__subcmd__test_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help rules test commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__schema_commands] )) ||
_sessionlint__subcmd__help__subcmd__schema_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help schema commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__help__subcmd__sessions_commands] )) ||
_sessionlint__subcmd__help__subcmd__sessions_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint help sessions commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__history_commands] )) ||
_sessionlint__subcmd__history_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint history commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__init_commands] )) ||
_sessionlint__subcmd__init_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint init commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__lsp_commands] )) ||
_sessionlint__subcmd__lsp_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint lsp commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__man_commands] )) ||
_sessionlint__subcmd__man_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint man commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__mcp_commands] )) ||
_sessionlint__subcmd__mcp_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint mcp commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__query_commands] )) ||
_sessionlint__subcmd__query_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint query commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__report_commands] )) ||
_sessionlint__subcmd__report_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint report commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__rules_commands] )) ||
_sessionlint__subcmd__rules_commands() {
    local commands; commands=(
'list:List all rules with their severity in each preset' \
'new:Write a page of your own to start from, whose examples hold' \
'test:Run the examples of the pages in a folder' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'sessionlint rules commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__rules__subcmd__help_commands] )) ||
_sessionlint__subcmd__rules__subcmd__help_commands() {
    local commands; commands=(
'list:List all rules with their severity in each preset' \
'new:Write a page of your own to start from, whose examples hold' \
'test:Run the examples of the pages in a folder' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'sessionlint rules help commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__rules__subcmd__help__subcmd__help_commands] )) ||
_sessionlint__subcmd__rules__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint rules help help commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__rules__subcmd__help__subcmd__list_commands] )) ||
_sessionlint__subcmd__rules__subcmd__help__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint rules help list commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__rules__subcmd__help__subcmd__new_commands] )) ||
_sessionlint__subcmd__rules__subcmd__help__subcmd__new_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint rules help new commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__rules__subcmd__help__subcmd__test_commands] )) ||
_sessionlint__subcmd__rules__subcmd__help__subcmd__test_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint rules help test commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__rules__subcmd__list_commands] )) ||
_sessionlint__subcmd__rules__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint rules list commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__rules__subcmd__new_commands] )) ||
_sessionlint__subcmd__rules__subcmd__new_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint rules new commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__rules__subcmd__test_commands] )) ||
_sessionlint__subcmd__rules__subcmd__test_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint rules test commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__schema_commands] )) ||
_sessionlint__subcmd__schema_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint schema commands' commands "$@"
}
(( $+functions[_sessionlint__subcmd__sessions_commands] )) ||
_sessionlint__subcmd__sessions_commands() {
    local commands; commands=()
    _describe -t commands 'sessionlint sessions commands' commands "$@"
}

if [ "$funcstack[1]" = "_sessionlint" ]; then
    _sessionlint "$@"
else
    compdef _sessionlint sessionlint
fi
