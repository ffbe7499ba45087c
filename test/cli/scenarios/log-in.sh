# Who may come in, and what is said to who may not: exit 4, or 2 where nothing was given.
chat users add anna --data "$WORK/data" --password-stdin <<<'right horse' 2>added
is "$(<added)" 'added anna'
serve --store memory
export CHAT_USER=anna CHAT_PASSWORD=
(umask 077 && printf 'right horse\nignored\n' >password)
exits 0 chat send "$address" --password-file password from a file
exits 0 chat send "$address" --password-command 'cat password' from a program
exits 0 chat send "$address" --password-stdin <<<$'right horse\nfrom stdin'
CHAT_PASSWORD='wrong horse' exits 4 chat send "$address" nothing
is "$err" 'chat: wrong user or password'
exits 4 chat history "$address" --user user1 --password-file password
exits 4 chat connect "$address" --once --user nobody --password-file password
exits 2 chat send "$address" nothing </dev/null
matches "$err" 'Set CHAT_PASSWORD, or use --password-file'
CHAT_USER= exits 2 chat send "$address" nothing </dev/null
matches "$err" 'Set CHAT_USER, or use --user'
exits 0 chat history "$address" --password-file password
is "$(texts <<<"$out")" $'from a file\nfrom a program\nfrom stdin'
