#!/usr/bin/env bash
# One signed exchange with curl and openssl 3: sign, send, verify the reply and its receipt.
#   datong.sh https://hub.example:8443 datong-keys POST /v1/datasets/pub-security.household/query '{"filter":[…]}' \
#     purpose=school-enrolment agreement=agr-school-enrolment on-behalf-of=clerk-0042 matter=RX-2026-000123
# The folder is the one that `datong enrol` writes. The verified body goes to stdout. Exit: 0 answered, 1 refused (signed),
# 2 no connection, 3 refused before the application (unsigned: shown, never evidence), 5 the reply does not hold.
set -euo pipefail
origin=$1 keys=$(cd "$2" && pwd) method=$3 path=$4 body=$5 work=$(mktemp -d)
shift 5; trap 'rm -rf "$work"' EXIT; cd "$work"
b64() { openssl base64 -A; }; b64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
unb64url() { local text; text=$(tr -- '-_' '+/'); while ((${#text} % 4)); do text+='='; done; openssl base64 -d -A <<<"$text"; }
sha() { openssl dgst -sha256 -binary; }; hex() { od -An -v -tx1 | tr -d ' \n'; }
unhex() { printf "$(sed 's/../\\x&/g')"; }
check() { local what=$1; shift; "$@" >/dev/null 2>&1 || { echo "the reply does not hold: $what" >&2; exit 5; }; }
header() { grep -i "^$1:" headers | sed 's/^[^:]*: *//' | tr -d '\r'; }
printf %s "$body" >body
point=$(openssl pkey -in "$keys/signing.key.pem" -pubout -outform DER | tail -c 64 | hex) # of P-256
keyid=$(printf '{"crv":"P-256","kty":"EC","x":"%s","y":"%s"}' "$(unhex <<<"${point:0:64}" | b64url)" "$(unhex <<<"${point:64}" | b64url)" | sha | b64url)
digest="sha-256=:$(sha <body | b64):"
names=(@method @target-uri) values=("$method" "$origin$path")
[[ -n $body ]] && names+=(content-type) values+=(application/json)
for pair in "$@"; do names+=("datong-${pair%%=*}") values+=("${pair#*=}"); done
names+=(content-digest) values+=("$digest")
list=$(printf '"%s" ' "${names[@]}")
now=$(date +%s)
params="(${list% });created=$now;expires=$((now + 60));nonce=\"$(openssl rand 16 | b64url)\";keyid=\"$keyid\";alg=\"ecdsa-p256-sha256\";tag=\"datong-req-1\""
for i in "${!names[@]}"; do printf '"%s": %s\n' "${names[i]}" "${values[i]}"; done >base
printf '"@signature-params": %s' "$params" >>base
openssl dgst -sha256 -sign "$keys/signing.key.pem" base >der
openssl asn1parse -inform DER -in der | sed -n 's/.*INTEGER *://p' | while read -r n; do printf '%64s' "$n" | tr ' ' 0; done | unhex >signature # r‖s
sent=":$(b64 <signature):"
options=(-H accept: -H user-agent: -H expect: -H "signature-input: req=$params" -H "signature: req=$sent")
for i in "${!names[@]}"; do [[ ${names[i]} == @* ]] || options+=(-H "${names[i]}: ${values[i]}"); done
[[ -n $body ]] && options+=(--data-binary @body)
curl -sS --http1.1 --max-time 60 --cacert "$keys/hub-root.pem" --cert "$keys/tls.cert.pem" --key "$keys/tls.key.pem" \
  -X "$method" "${options[@]}" -D headers -o answer "$origin$path" || exit 2
touch answer
status=$(awk 'NR == 1 { print $2 }' headers)
header signature >/dev/null || { echo "$status, unsigned: $(head -c 2000 answer)" >&2; exit 3; }
input=$(header signature-input | sed 's/^res=//')
covered='"@status"'
printf '"@status": %s\n' "$status" >base
for name in content-type content-digest datong-exchange-id datong-receipt; do
  if value=$(header $name); then covered+=" \"$name\"" && printf '"%s": %s\n' $name "$value" >>base; fi
done
covered+=' "@method";req "@target-uri";req "content-digest";req'
printf '"@method";req: %s\n"@target-uri";req: %s\n"content-digest";req: %s\n' "$method" "$origin$path" "$digest" >>base
if [[ $status -lt 400 || $input == *'"signature";req;key="req"'* ]]; then
  covered+=' "signature";req;key="req"'
  printf '"signature";req;key="req": %s\n' "$sent" >>base
fi
printf '"@signature-params": %s' "$input" >>base
check "it does not cover what it must" test "${input%%)*}" = "($covered" -a -n "$(header content-digest)"
check "it is no reply of this profile" grep -q ';tag="datong-res-1"' <<<"$input"
jwk=$(tr -d ' \n' <"$keys/anchors.json" | grep -o '{[^{}]*"kty"[^{}]*}' | grep -F "\"kid\":\"$(sed 's/.*;keyid="\([^"]*\)".*/\1/' <<<"$input")\"") || check "not signed by this hub" false
axis() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/" <<<"$jwk" | unb64url | hex; }
{ printf 3059301306072a8648ce3d020106082a8648ce3d03010703420004; axis x; axis y; } | unhex | openssl pkey -pubin -inform DER -out hub.pem
raw=$(header signature | sed 's/^res=:\(.*\):$/\1/' | openssl base64 -d -A | hex)
printf 'asn1=SEQUENCE:s\n[s]\nr=INTEGER:0x%s\ns=INTEGER:0x%s\n' "${raw:0:64}" "${raw:64}" >conf
openssl asn1parse -genconf conf -out der -noout
check "its signature is not the hub's" openssl dgst -sha256 -verify hub.pem -signature der base
check "its body is another" test "$(header content-digest)" = "sha-256=:$(sha <answer | b64):"
# verify the receipt: C2SP tlog-proof and signed-note, RFC 9162 §2.1.3.2
if header datong-receipt | unb64url >receipt && [[ -s receipt ]]; then
  member() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/" "${2:-receipt}"; }
  member leaf | openssl base64 -d -A >leaf
  printf '%b' "$(member proof)" | sed '$!b;s/$//' >proof
  sed '1,/^$/d' proof | sed '/^$/,$d' >checkpoint # the text that is signed
  signers=0
  while read -r _ _ line; do
    openssl base64 -d -A <<<"$line" >mark
    id=$(head -c 4 mark | hex) # a key that another one has replaced counts below its end
    vkey=$(grep -o "+$id+[A-Za-z0-9+/=]*\"" "$keys/anchors.json" | tr -d '"') || continue
    end=$(grep -o "key rotation 1\\\\n[0-9]*\\\\n[^\\\\+]*+$id+" "$keys/anchors.json" | cut -d'\' -f2 | tr -d n) || true
    [[ -z $end || $(sed -n 2p checkpoint) -lt $end ]] || continue
    { printf 302a300506032b6570032100; openssl base64 -d -A <<<"${vkey:10}" | tail -c 32 | hex; } | unhex | openssl pkey -pubin -inform DER -out log.pem
    check "its checkpoint is not signed" openssl pkeyutl -verify -rawin -pubin -inkey log.pem -sigfile <(tail -c 64 mark) -in checkpoint
    ((signers += 1))
  done < <(grep '^— ' proof)
  check "another log's key, or one that another one has replaced" test "$signers" -gt 0
  node=$(sed -n 's/^index //p' proof) last=$(($(sed -n 2p checkpoint) - 1))
  reached=$({ printf '\0'; cat leaf; } | sha | hex)
  for sibling in $(sed -n '/^index /,/^$/p' proof | tail -n +2); do
    other=$(openssl base64 -d -A <<<"$sibling" | hex)
    if ((node % 2 || node == last)); then
      reached=$(unhex <<<"01$other$reached" | sha | hex)
      while ((node % 2 == 0 && node > 0)); do ((node /= 2, last /= 2)) || true; done
    else reached=$(unhex <<<"01$reached$other" | sha | hex); fi
    ((node /= 2, last /= 2)) || true
  done
  check "its entry is not in the log" test "$last $(unhex <<<"$reached" | b64)" = "0 $(sed -n 3p checkpoint)"
  check "its entry is another exchange's" grep -q "\"id\":\"$(header datong-exchange-id)\"" leaf
  [[ $status -ge 400 ]] && ! grep -q '"request":' leaf || check "its entry is another request's" grep -q "\"request\":\"$(sha <signature | b64url)\"" leaf
  reply=$({ member reply | unb64url; printf '"%s"' "$(sha <answer | b64url)"; } | sha | b64url)
  check "its entry is another reply's" grep -q "\"reply\":\"$reply\"" leaf
elif [[ $status -lt 400 ]]; then check "an answer without a receipt" false; fi
cat answer
[[ $status -lt 400 ]]
