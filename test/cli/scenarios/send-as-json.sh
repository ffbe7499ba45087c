# send --json tells sequence and id of each message, and a failure as an object on stderr.
serve --store memory
exits 0 chat send "$address" --json --lines <<<$'a\nb'
form='^\{"type":"sent","sequence":1,"id":"[0-9A-Z]{26}","timestamp":[0-9]{13}\}
\{"type":"sent","sequence":2,"id":"[0-9A-Z]{26}","timestamp":[0-9]{13}\}$'
matches "$out" "$form"
CHAT_PASSWORD=wrong exits 4 chat send "$address" --json c
is "$out" ''
is "$err" '{"v":2,"type":"error","code":"login-refused","exit":4,"message":"wrong user or password"}'
exits 0 chat send "$address" --quiet d
exits 0 chat send "$address" --verbose e
is "$err" 'chat: sent as 4'
