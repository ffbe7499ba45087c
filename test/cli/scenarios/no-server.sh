# Without a server, or with another one there, the answer says what to do and the exit code is 3.
exits 3 chat send --to localhost:1 --timeout 300ms hello
is "$err" 'chat: no server answers at localhost:1. Start one with: chat serve'
exits 3 chat connect localhost:1 --once
is_one_line "$err"
exits 3 chat history localhost:1
is_one_line "$err"
exits 3 chat doctor localhost:1
matches "$out" $'\nBAD   server +no server answers at localhost:1 [^\n]*\n +Start one with: chat serve'
serve --tls-self-signed
exits 3 chat send --to "http://$address" --timeout 2s hello
matches "$err" 'put https:// before the address'
