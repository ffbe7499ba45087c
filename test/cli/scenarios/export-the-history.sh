# history prints all, a part or what is found; head ends it quietly.
serve --store memory --history 2
exits 0 chat send "$address" --lines < <(seq 1 30)
exits 0 chat history "$address"
is "$(texts <<<"$out" | xargs)" "$(seq 1 30 | xargs)"
exits 0 chat history "$address" --search 3 --limit 2
is "$(texts <<<"$out" | xargs)" '23 30'
exits 0 chat history "$address" --since 10 --until 12 --json
is "$(grep -c '^{"v":2,"type":"message","sequence":1[12],' <<<"$out")" 2
exits 0 bash -c 'set -o pipefail; chat history "$1" | head -n 1' - "$address"
is "$(texts <<<"$out")$err" 1
exits 2 chat history "$address" --limit 0
is_one_line "$err"
exits 1 bash -c 'chat history "$1" >/dev/full' - "$address"
is "$err" 'chat: cannot write to stdout: no space left on the device'
