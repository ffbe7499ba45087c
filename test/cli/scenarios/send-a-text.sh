# Words, a pipe and lines are sent, and read back in their order.
serve --store memory
exits 0 chat send "$address" hello '  two  words'
is "$out$err" ''
exits 0 chat send "$address" <<<'from a pipe'
exits 0 chat send "$address" - <<<$'two\nlines'
exits 0 chat send --to "$address" --lines <<<$'first\n\nlast'
exits 0 chat send --to "$address" localhost:1
exits 0 chat history "$address"
is "$(texts <<<"$out")" $'hello   two  words\nfrom a pipe\ntwo\n\tlines\nfirst\nlast\nlocalhost:1'
