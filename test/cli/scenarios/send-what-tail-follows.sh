# Each line of a log that tail -f follows is sent when it is written.
serve --store memory
: >log
mkfifo pipe
tail -n +1 -f log >pipe &
tail=$!
children+=("$tail")
chat send "$address" --lines --json <pipe >sent &
sender=$!
children+=("$sender")
echo 'build started' >>log
arrives sent '"sequence":1,'
exits 0 chat history "$address"
is "$(texts <<<"$out")" 'build started'
printf 'half a ' >>log
echo 'line' >>log
echo 'build failed' >>log
arrives sent '"sequence":3,'
kill "$tail"
exits 0 wait "$sender"
exits 0 chat history "$address"
is "$(texts <<<"$out")" $'build started\nhalf a line\nbuild failed'
