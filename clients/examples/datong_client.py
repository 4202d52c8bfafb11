"""One signed exchange in Python 3.9+ with `cryptography`: sign, send, verify the reply and its receipt.
    python3 datong_client.py https://hub.example:8443 datong-keys POST /v1/datasets/pub-security.household/query \
        '{"filter":[…]}' purpose=school-enrolment agreement=agr-school-enrolment on-behalf-of=clerk-0042 matter=RX-2026-000123
The folder is the one that `datong enrol` writes. The verified body goes to stdout. Exit: 0 answered, 1 refused (signed),
2 no connection, 3 refused before the application (unsigned: shown, never evidence), 5 the reply does not hold. """
import base64, hashlib, http.client, json, pathlib, re, secrets, ssl, sys, time, urllib.parse
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
sha256 = lambda raw: hashlib.sha256(raw).digest()
b64 = lambda raw: base64.b64encode(raw).decode()
b64url = lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("=")
unb64url = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
def check(holds, what):
    if not holds:
        raise ValueError(what)
def thumbprint(public):  # RFC 7638
    x, y = (b64url(n.to_bytes(32, "big")) for n in (public.public_numbers().x, public.public_numbers().y))
    return b64url(sha256(f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'.encode()))
class Hub:
    def __init__(self, origin, folder):
        self.origin, folder = origin, pathlib.Path(folder)
        self.key = serialization.load_pem_private_key((folder / "signing.key.pem").read_bytes(), None)
        self.anchors = json.loads((folder / "anchors.json").read_text())
        tls = ssl.create_default_context(cafile=folder / "hub-root.pem")
        tls.load_cert_chain(folder / "tls.cert.pem", folder / "tls.key.pem")
        self.connection = http.client.HTTPSConnection(urllib.parse.urlsplit(origin).netloc, context=tls, timeout=60)
        points = [[int.from_bytes(unb64url(jwk[axis]), "big") for axis in "xy"] for jwk in self.anchors["jwks"]["keys"]]
        keys = [ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key() for x, y in points]
        self.hub_keys = {thumbprint(key): key for key in keys}
    def call(self, method, path, body=b"", **signed):
        """status, verified body, entry of the log. PermissionError: refused unsigned. Another OSError: no connection. Any other: not verified."""
        headers = {"datong-" + name.replace("_", "-"): value for name, value in signed.items()}
        headers |= {"content-type": "application/json"} if body else {}
        headers["content-digest"] = f"sha-256=:{b64(sha256(body))}:"
        values = {"@method": method, "@target-uri": self.origin + path, **headers}
        now, names = int(time.time()), " ".join(map('"{}"'.format, values))
        params = (f'({names});created={now};expires={now + 60};nonce="{b64url(secrets.token_bytes(16))}"'
                  f';keyid="{thumbprint(self.key.public_key())}";alg="ecdsa-p256-sha256";tag="datong-req-1"')
        base = "".join(f'"{name}": {value}\n' for name, value in values.items()) + f'"@signature-params": {params}'
        r, s = utils.decode_dss_signature(self.key.sign(base.encode(), ec.ECDSA(hashes.SHA256())))
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        headers |= {"signature-input": "req=" + params, "signature": f"req=:{b64(signature)}:"}
        self.connection.request(method, path, body or None, headers)
        answer = (reply := self.connection.getresponse()).read()
        if reply.getheader("signature") is None:
            raise PermissionError(f"{reply.status}, unsigned: {answer[:2000].decode(errors='replace')}")
        self.verify_reply(method, path, headers, reply, answer)
        check((receipt := reply.getheader("datong-receipt")) or reply.status >= 400, "an answer without a receipt")
        return reply.status, answer, receipt and self.verify_receipt(receipt, signature, reply, answer)
    def verify_reply(self, method, path, sent, reply, answer):
        params = reply.getheader("signature-input").removeprefix("res=")
        of_request = {'"@method";req': method, '"@target-uri";req': self.origin + path,
                      '"content-digest";req': sent["content-digest"], '"signature";req;key="req"': sent["signature"][4:]}
        own = [name for name in ("content-type", "content-digest", "datong-exchange-id", "datong-receipt") if reply.getheader(name)]
        values = {'"@status"': reply.status, **{f'"{name}"': reply.getheader(name) for name in own}, **of_request}
        names = params[1:params.index(")")].split(" ")
        bound = names == list(values) or reply.status >= 400 and names == list(values)[:-1]
        check(bound and '"content-digest"' in names, "the reply does not cover what it must")
        base = "".join(f"{name}: {values[name]}\n" for name in names) + f'"@signature-params": {params}'
        raw, keyid = base64.b64decode(reply.getheader("signature")[5:-1]), re.search(r';keyid="([^"]+)"', params)[1]
        check(len(raw) == 64 and keyid in self.hub_keys and ';tag="datong-res-1"' in params, "not signed by this hub")
        der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        self.hub_keys[keyid].verify(der, base.encode(), ec.ECDSA(hashes.SHA256()))
        check(reply.getheader("content-digest") == f"sha-256=:{b64(sha256(answer))}:", "the body is another")
    def verify_receipt(self, text, signature, reply, answer):
        receipt = json.loads(unb64url(text))
        leaf, (head, _, note) = base64.b64decode(receipt["leaf"]), receipt["proof"].partition("\n\n")
        head = [line for line in head.split("\n") if not line.startswith("extra ")]
        signed, _, signatures = note.rpartition("\n\n")  # C2SP signed-note, checkpoint and tlog-proof
        origin, size, root = signed.split("\n")[:3]
        marks = [base64.b64decode(line.split(" ")[2]) for line in signatures.splitlines()]
        ends = {old: int(end) for _, end, old, *_ in (told.split("\n") for told in self.anchors.get("logKeyRotations", []))}
        logs = [(base64.b64decode(key.split("+", 2)[2]), mark) for key in self.anchors["logKeys"] for mark in marks
                if key.split("+")[1] == mark[:4].hex() and int(size) < ends.get(key, int(size) + 1)]  # a replaced key counts below its end
        check(logs and origin == self.anchors["origin"], "another log, or a key that another one has replaced")
        for key, mark in logs: ed25519.Ed25519PublicKey.from_public_bytes(key[1:]).verify(mark[4:], (signed + "\n").encode())
        node, last, reached = int(head[1][6:]), int(size) - 1, sha256(b"\0" + leaf)
        for sibling in map(base64.b64decode, head[2:]):  # RFC 9162 §2.1.3.2
            if node % 2 or node == last:
                reached = sha256(b"\1" + sibling + reached)
                while node % 2 == 0 and node > 0: node, last = node // 2, last // 2
            else: reached = sha256(b"\1" + reached + sibling)
            node, last = node // 2, last // 2
        check(last == 0 and b64(reached) == root, "the entry is not in the log")
        entry, salt = json.loads(leaf), unb64url(receipt["openings"]["reply"])
        check(entry["id"] == receipt["exchange"] == reply.getheader("datong-exchange-id"), "another exchange")
        check(entry.get("request") == b64url(sha256(signature)) or "request" not in entry and reply.status >= 400, "another request")
        check(entry["reply"] == b64url(sha256(salt + f'"{b64url(sha256(answer))}"'.encode())), "another reply")
        return entry
if __name__ == "__main__":
    _, origin, folder, method, path, body, *signed = sys.argv
    try: status, answer, entry = Hub(origin, folder).call(method, path, body.encode(), **dict(pair.split("=", 1) for pair in signed))
    except PermissionError as refused: sys.exit(print(refused, file=sys.stderr) or 3)
    except OSError as error: sys.exit(print(f"no connection: {error}", file=sys.stderr) or 2)
    except Exception as error: sys.exit(print(f"the reply does not hold: {error!r}", file=sys.stderr) or 5)
    print(f"{status} entry {entry and entry['id']} {entry and entry['decision']}", file=sys.stderr)
    sys.exit(print(answer.decode()) or (1 if status >= 400 else 0))
