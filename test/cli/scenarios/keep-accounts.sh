# users adds, lists, changes and removes accounts beside the running server.
exits 0 chat users list --data "$WORK/data"
is "$out" ''
matches "$err" 'chat users add NAME'
exits 0 chat users add anna --data "$WORK/data" --password-stdin <<<first-password
exits 1 chat users add anna --data "$WORK/data" --password-stdin <<<first-password
is_one_line "$err"
exits 2 chat users add 'no name!' --data "$WORK/data" --password-stdin <<<first-password
exits 0 chat users add bert --data "$WORK/data" --password-stdin <<<first-password
exits 0 chat users list --data "$WORK/data"
is "$out" $'anna\nbert'
exits 0 chat users passwd anna --data "$WORK/data" --password-stdin <<<second-password
exits 0 chat users remove bert --data "$WORK/data"
exits 1 chat users remove bert --data "$WORK/data"
matches "$err" 'there is no user bert'
serve --store memory
CHAT_USER=anna CHAT_PASSWORD=second-password exits 0 chat send "$address" hello
CHAT_USER=anna CHAT_PASSWORD=first-password exits 4 chat send "$address" hello
