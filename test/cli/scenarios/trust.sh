# An unknown certificate ends with 7 and shows its fingerprint, which then stands for it; a wrong one never does.
serve --tls-self-signed
exits 7 chat send --to "https://$address" hello </dev/null
matches "$err" "$certificate"
matches "$err" '--fingerprint'
exits 0 chat send --to "https://$address" --fingerprint "$certificate" hello
exits 7 chat connect "https://$address" --once --fingerprint "$(tr 0-9A-F 1-9A-F0 <<<"$certificate")"
matches "$err" $'\n  trusted  '
exits 7 chat history "https://$address"
exits 0 chat trust list
exits 1 chat trust forget "$address"
matches "$err" 'chat trust list'
exits 2 chat send --to "https://$address" --fingerprint zz hello
exits 2 chat trust --forget "$address"
exits 2 chat trust
mkdir -p "$XDG_CONFIG_HOME/chat"
printf '{"%s":"%s"}' "$address" "$certificate" >"$XDG_CONFIG_HOME/chat/trusted-servers.json"
chmod 600 "$XDG_CONFIG_HOME/chat/trusted-servers.json"
exits 0 chat trust forget "https://$address"
is "$err" "forgot the certificate of $address"
exits 0 chat trust list
is "$out" ''
