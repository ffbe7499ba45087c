# What the server refuses ends with 6, what it wants later with 5; the line that failed is named.
serve --store memory --max-text 100 --rate 1
exits 6 chat send "$address" "$(printf 'x%.0s' {1..101})"
is "$err" 'chat: the text has 101 bytes, the limit is 100'
exits 6 chat send "$address" $'a bell\a'
is_one_line "$err"
exits 6 chat send "$address" --lines <<<$'fine\n\nb\ad'
matches "$err" '^chat: line 3: '
exits 6 chat send "$address" <<<$'\xff\xfe'
matches "$err" 'not UTF-8'
exits 5 chat send "$address" --lines --timeout 300ms < <(seq 1 100)
matches "$err" '^chat: line [0-9]+: '
exits 2 chat send "$address" ''
matches "$err" 'Give it as arguments or on stdin'
