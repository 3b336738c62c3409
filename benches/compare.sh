#!/usr/bin/env bash
# Compares sessionlint with other programs on the invented large org and prints a table; exits with 1 where a gate breaks.
#
#   benches/compare.sh [--rounds N] [--write docs/performance.md] [--pmd FOLDER] [--apex FOLDER] [--before PROGRAM]
#
# --apex names a checkout with Apex of somebody's, such as SalesforceFoundation/NPSP; --before an older sessionlint, which
# is measured beside this one.
#
# Needs hyperfine, jq, ripgrep, xmllint and GNU time (Debian: hyperfine jq ripgrep libxml2-utils time), and 3 GB in the
# folder for temporary files. PMD is measured where FOLDER holds the npm package @salesforce/code-analyzer-pmd-engine
# (npm install --prefix FOLDER @salesforce/code-analyzer-pmd-engine) and java runs.
#
# Commands that are compared run one after another in every round, so that whatever else the machine does meets all of
# them; a number is the median of the rounds.
set -euo pipefail
cd "$(dirname "$0")/.."

# The gates.
most_times_rg=2.0      # whole check of the large org, against rg over the files of session metadata in it
most_megabytes=100     # peak memory of that check
most_times_twice=2.1   # the same with everything in the org twice
least_thread_gain=1.7  # one thread against two
most_times_rg_code=5   # check of a project of Apex, against rg over its classes
most_sarif_megabytes=120
most_sarif_times=2     # SARIF of the large org, against JSON
most_commit_ms=10      # user and system time of a check of one staged file in a project of 100 files
most_findings_ms=100   # 2,000 findings in one file of 4 MB, in the format for people

rounds=11
write_to=
pmd=${PMD_ENGINE:-}
apex=
before=
while [ $# -gt 0 ]; do
  case $1 in
    --rounds) rounds=$2 ;;
    --write) write_to=$2 ;;
    --pmd) pmd=$2 ;;
    --apex) apex=$2 ;;
    --before) before=$(realpath "$2") ;;
    *) sed -n '2,/^set/{/^#/p}' "$0"; exit 2 ;;
  esac
  shift 2
done
for tool in hyperfine jq rg xmllint; do
  command -v "$tool" >/dev/null || { echo "$tool is needed" >&2; exit 2; }
done
[ -x /usr/bin/time ] || { echo "GNU time is needed" >&2; exit 2; }

work=$(mktemp -d "${TMPDIR:-/tmp}/sessionlint-compare.XXXXXX")
# Runs keep nothing for each other, but where a row is about that.
export SESSIONLINT_CACHE_DIR=
trap 'rm -rf "$work"' EXIT
cargo build --release --bin sessionlint --example generate >&2
release=${CARGO_TARGET_DIR:-target}/release
lint=$(realpath "$release/sessionlint")
generate=$(realpath "$release/examples/generate")

# Medians of all commands that were measured, as `NAME WALL-MS CPU-MS` lines.
medians=$work/medians
: >"$medians"

# measure ROUNDS NAME COMMAND [NAME COMMAND]...: one round is thrown away, to warm what can be warm. Each command runs
# right after itself, so that its files are cached, however much the others read in between.
measure() {
  local count=$1 round; shift
  local names=() commands=()
  while [ $# -gt 0 ]; do names+=("$1"); commands+=("$2"); shift 2; done
  rm -f "$work"/round.*.json
  for ((round = 0; round <= count; round++)); do
    hyperfine -N -i --warmup 1 --runs 1 --export-json "$work/round.$round.json" "${commands[@]}" >/dev/null 2>&1
  done
  rm "$work/round.0.json"
  jq -r -s --args '
    def median: sort | if length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
    [.[].results] | transpose | to_entries[]
    | "\($ARGS.positional[.key]) \([.value[].times[0]] | median * 1000) \([.value[] | .user + .system] | median * 1000)"
  ' "${names[@]}" <<<"$(cat "$work"/round.*.json)" >>"$medians"
}
wall() { awk -v name="$1" '$1 == name { print $2 }' "$medians"; }
cpu() { awk -v name="$1" '$1 == name { print $3 }' "$medians"; }
calc() { awk "BEGIN { printf \"$1\", $2 }"; }

# peak COMMAND...: the middle one of three peaks, in MB.
peak() {
  for _ in 1 2 3; do /usr/bin/time -f %M -o "$work/peak" "$@" >/dev/null 2>&1 || true; tail -n 1 "$work/peak"; done |
    sort -n | sed -n 2p | awk '{ printf "%.1f", $1 / 1024 }'
}

broken=0
rows=$work/rows
: >"$rows"
row() { printf '| %s | %s | %s | %s |\n' "$1" "$2" "$3" "${4:-}" >>"$rows"; }
# gate VALUE OPERATOR LIMIT TEXT: the text, and that the gate is broken where it is.
gate() {
  if awk "BEGIN { exit !($1 $2 $3) }"; then echo "$4"; else echo "$4, **broken**"; return 1; fi
}
gated_row() { # WHAT TIME RATIO VALUE OPERATOR LIMIT TEXT
  local text
  text=$(gate "$4" "$5" "$6" "$7") || broken=1
  row "$1" "$2" "$3" "$text"
}
# beside NAME COMMAND: what measures the older program too, where there is one.
beside() { if [ -n "$before" ]; then printf '%s\n%s %s\n' "before-$1" "$before" "$2"; fi; }
# beside_row NAME: how both compare.
beside_row() {
  if [ -n "$before" ]; then
    row "... the older program" "$(ms "$(wall "before-$1")")" "" \
      "$(calc '%.2f of its time, %.2f of its user and system time' \
        "$(wall "$1") / $(wall "before-$1"), $(cpu "$1") / $(cpu "before-$1")")"
  fi
}
ms() { calc '%.1f ms' "$1"; }
times() { calc '%.2f x' "$1 / $2"; }

echo "generating" >&2
large=$work/large
twice=$work/twice
made=$("$generate" "$large" --large)
"$generate" "$twice" --large --twice >/dev/null
globs=(-g '*.profile-meta.xml' -g '*.profileSessionSetting-meta.xml' -g '*.connectedApp-meta.xml' -g '*.settings-meta.xml')
rg --files "${globs[@]}" -0 "$large" >"$work/files"
relevant_bytes=$(xargs -0 stat -c %s <"$work/files" | awk '{ sum += $1 } END { print sum }')
count=$(tr -cd '\0' <"$work/files" | wc -c)
rg="rg -c $(printf "%q " "${globs[@]}") '</userPermissions>'"
asked="check --format json --fail-on never"
check="$lint $asked"

echo "large org" >&2
mapfile -t older < <(beside lint "$asked $large")
measure "$rounds" \
  rg "$rg $large" \
  lint "$check $large" "${older[@]}" \
  one "$check --threads 1 $large" \
  two "$check --threads 2 $large" \
  xmllint "xargs -0 -a $work/files xmllint --noout" \
  sarif-large "$lint check --format sarif --fail-on never $large" \
  twice "$check $twice"
gated_row "check, all threads" "$(ms "$(wall lint)")" "$(times "$(wall lint)" "$(wall rg)")" \
  "$(wall lint) / $(wall rg)" '<=' "$most_times_rg" "at most $most_times_rg x"
row "\`rg -c '</userPermissions>'\` over its $count files of session metadata" "$(ms "$(wall rg)")" "1.00 x"
beside_row lint
row "... user and system time of the check, rg's being $(ms "$(cpu rg)")" "$(ms "$(cpu lint)")" "$(times "$(cpu lint)" "$(cpu rg)")"
row "\`xmllint --noout\` over the same files" "$(ms "$(wall xmllint)")" "$(times "$(wall xmllint)" "$(wall rg)")"
row "check, one thread" "$(ms "$(wall one)")" "$(times "$(wall one)" "$(wall rg)")"
gated_row "check, two threads" "$(ms "$(wall two)")" "$(times "$(wall two)" "$(wall rg)")" \
  "$(wall one) / $(wall two)" '>=' "$least_thread_gain" \
  "$(calc '%.2f' "$(wall one) / $(wall two)") times as fast as one, at least $least_thread_gain"
gated_row "check, everything twice" "$(ms "$(wall twice)")" "$(times "$(wall twice)" "$(wall rg)")" \
  "$(wall twice) / $(wall lint)" '<=' "$most_times_twice" \
  "$(calc '%.2f' "$(wall twice) / $(wall lint)") times as long, at most $most_times_twice"
memory=$(peak $check "$large")
gated_row "check, peak memory" "$memory MB" "" "$memory" '<=' "$most_megabytes" "at most $most_megabytes MB"
gated_row "check, as SARIF" "$(ms "$(wall sarif-large)")" "$(times "$(wall sarif-large)" "$(wall rg)")" \
  "$(wall sarif-large) / $(wall lint)" '<=' "$most_sarif_times" \
  "$(calc '%.2f' "$(wall sarif-large) / $(wall lint)") times as long as JSON, at most $most_sarif_times"
memory=$(peak "$lint" check --format sarif --fail-on never "$large")
gated_row "... peak memory" "$memory MB" "" "$memory" '<=' "$most_sarif_megabytes" "at most $most_sarif_megabytes MB"
rm -rf "$twice"

echo "pmd" >&2
lib=$pmd/node_modules/@salesforce/code-analyzer-pmd-engine/dist/java-lib
if [ -n "$pmd" ] && [ -d "$lib" ] && command -v java >/dev/null; then
  # PMD takes seconds for each profile: five of them and fifty session settings, once.
  part=$work/part
  mkdir -p "$part"
  { find "$large" -name '*.profile-meta.xml' | sort | sed -n 1,5p; find "$large" -name '*.profileSessionSetting-meta.xml' | sort | sed -n 1,50p; } >"$work/part.list"
  xargs -a "$work/part.list" cp -t "$part"
  cp benches/pmd-rules.xml "$work/rules.xml"
  find "$part" -type f | jq -R . | jq -s "{ruleSetInputFile: \"$work/rules.xml\", runDataPerLanguage: {xml: {filesToScan: .}}}" >"$work/pmd.json"
  measure 1 pmd "java -cp '$lib/*' com.salesforce.sfca.pmdwrapper.PmdWrapper run $work/pmd.json $work/pmd.out"
  measure "$rounds" part "$check --preset all $part"
  [ "$(jq '.violations | length' "$work/pmd.out")" -gt 0 ] || { echo "PMD found nothing" >&2; exit 2; }
  row "PMD, two XPath rules, 5 profiles and 50 session settings, one run" "$(ms "$(wall pmd)")" ""
  row "check, all rules, the same files" "$(ms "$(wall part)")" "" "$(calc '%.0f' "$(wall pmd) / $(wall part)") times as fast as PMD"
else
  row "PMD" "not measured" "" "no package or no java"
fi

echo "apex" >&2
rm -rf "$large"
code=$work/code
"$generate" "$code" --large --classes 2800 >/dev/null
mapfile -t older < <(beside code "$asked $code")
measure "$rounds" \
  rg-code "$rg -g '*.cls' $code" \
  code "$check $code" "${older[@]}" \
  code-all "$check --preset all $code"
row "the same org with 2,800 Apex classes: check" "$(ms "$(wall code)")" "$(times "$(wall code)" "$(wall rg-code)") of rg over the classes too"
beside_row code
row "... all rules of both presets" "$(ms "$(wall code-all)")" "$(times "$(wall code-all)" "$(wall rg-code)")"
staged=$(find "$code" -name '*.connectedApp-meta.xml' | sort | sed -n 1p)
measure "$rounds" staged-large "$check $staged" staged-kept "$check --cache-dir $work/cache $staged"
row "... a pre-commit hook: one staged file of it, user and system, nothing kept from a run before" "$(ms "$(cpu staged-large)")" ""
row "... the same with what the run before kept" "$(ms "$(cpu staged-kept)")" ""
rm -rf "$code"

# code NAME FOLDER WHAT: a project of Apex beside rg over its classes.
code() {
  local name=$1 folder=$2 what=$3 older
  mapfile -t older < <(beside "$name" "$asked $folder")
  measure "$rounds" \
    "rg-$name" "rg -c -g '*.cls' getSessionId $folder" \
    "$name" "$check $folder" "${older[@]}" \
    "$name-one" "$check --threads 1 $folder"
  gated_row "$what: check" "$(ms "$(wall "$name")")" "$(times "$(wall "$name")" "$(wall "rg-$name")") of \`rg -c getSessionId\`" \
    "$(wall "$name") / $(wall "rg-$name")" '<=' "$most_times_rg_code" "at most $most_times_rg_code x"
  beside_row "$name"
  row "... one thread" "$(ms "$(wall "$name-one")")" "" "two are $(calc '%.2f' "$(wall "$name-one") / $(wall "$name")") times as fast"
}
real=$work/real
"$generate" "$real" --files 3000 --profile-bytes 50000 --classes 1400 --real-apex >/dev/null
"$generate" "$real-twice" --files 6000 --profile-bytes 50000 --classes 2800 --real-apex >/dev/null
code real "$real" "1,400 classes as real code has them"
measure "$rounds" real-once "$check $real" real-twice "$check $real-twice"
gated_row "... twice the classes" "$(ms "$(wall real-twice)")" "" \
  "$(wall real-twice) / $(wall real-once)" '<=' "$most_times_twice" \
  "$(calc '%.2f' "$(wall real-twice) / $(wall real-once)") times as long, at most $most_times_twice"
rm -rf "$real" "$real-twice"
if [ -n "$apex" ]; then
  code named "$apex" "$(basename "$apex"), a public project"
fi

echo "small projects" >&2
small=$work/small
"$generate" "$small" --files 100 --profile-bytes 50000 >/dev/null
"$generate" "$work/many" --findings 2000
staged=$(find "$small" -name '*.connectedApp-meta.xml' | sort | sed -n 1p)
mapfile -t older < <(beside staged "$asked $staged"; beside version --version)
measure $((rounds * 3)) \
  version "$lint --version" \
  rg-version "rg --version" \
  staged "$check $staged" "${older[@]}" \
  human "$lint check --preset all --fail-on never $work/many" \
  sarif "$lint check --preset all --fail-on never --format sarif $work/many"
row "start-up: \`--version\`" "$(ms "$(wall version)")" "$(times "$(wall version)" "$(wall rg-version)") of \`rg --version\`"
beside_row version
gated_row "pre-commit: one staged file of a project of 100, user and system" "$(ms "$(cpu staged)")" "" \
  "$(cpu staged)" '<=' "$most_commit_ms" "at most $most_commit_ms ms"
beside_row staged
gated_row "2,000 findings in one file of 4 MB, for people" "$(ms "$(wall human)")" "" \
  "$(wall human)" '<=' "$most_findings_ms" "at most $most_findings_ms ms"
row "... as SARIF" "$(ms "$(wall sarif)")" ""

results=$work/results
{
  printf 'Measured on %s with %s, %s threads, %s; medians of %s rounds. The org: %s, %s of them in those.\n\n' \
    "$(date -u +%Y-%m-%d)" "$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | sed -n 1p)" "$(nproc)" \
    "$(rg --version | sed -n 1p)" "$rounds" "$made" "$relevant_bytes"
  printf '| what | time | against rg | gate |\n|---|---|---|---|\n'
  cat "$rows"
} >"$results"
cat "$results"
if [ -n "$write_to" ]; then
  awk -v results="$results" '
    /^<!-- results: end -->/ { is_old = 0 }
    !is_old { print }
    /^<!-- results: compare.sh -->/ { print ""; while ((getline line < results) > 0) print line; print ""; is_old = 1 }
  ' "$write_to" >"$work/page"
  cat "$work/page" >"$write_to"
fi
[ "$broken" = 0 ] || { echo "a gate is broken" >&2; exit 1; }
