# A reader in a pipe prints what comes, sends what it reads, and leaves out itself.
serve --store memory
exits 0 chat send "$address" before
mkfifo keyboard
chat connect "$address" --user user2 --verbose --no-self <keyboard >seen 2>status &
reader=$!
children+=("$reader")
exec {keys}>keyboard
arrives status '^chat: connected to '
echo 'from the pipe' >&"$keys"
until exits 0 chat history "$address" --search 'from the pipe' && [[ -n $out ]]; do :; done
exits 0 chat send "$address" after
arrives seen 'after$'
exec {keys}>&-
is "$(texts <seen)" $'before\nafter'
kill -INT "$reader"
exits 130 wait "$reader"
