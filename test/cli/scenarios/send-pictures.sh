# Pictures go out in order and before the text; a reader saves them under names of its own.
serve --store memory
picture >one.png
exits 0 chat send "$address" --image one.png --image - 'two pictures' <one.png
exits 0 chat connect "$address" --once --json --save-images saved
matches "$out" '^\{"v":2,"type":"image","sequence":1,.*"width":2,"height":2,"bytes":[0-9]+,"file":"[^"]*/saved/chat-1\.png"\}'
is "$(wc -l <<<"$out") $(ls saved | xargs)" '3 chat-1.png chat-2.png'
is "$(stat -c %a saved/chat-1.png)" 600
exits 0 chat connect "$address" --once --plain
matches "$out" '<user1> \[image 1 · 2×2 · [0-9]+ B\]'
exits 2 chat send "$address" --image missing.png
matches "$err" 'missing\.png: no such file'
echo 'no picture' >note.txt
exits 6 chat send "$address" --image one.png --image note.txt
matches "$err" '^chat: note\.txt: this is not a PNG'
