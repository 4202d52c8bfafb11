"""What the checks of all scenarios use: the exported log, the bytes that departments received, notes of the players, figures. It shares no
code with the hub: it follows docs/audit.md and the RFCs."""
import base64
import datetime
import hashlib
import json
import math
import pathlib
import re
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519

out = pathlib.Path(sys.argv[1])
MAX_MEMORY = 400
figures = []


def read(name):
    return json.loads((out / f'{name}.json').read_text(encoding='utf-8'))


def lines(name):
    return [json.loads(line) for line in (out / f'{name}.ndjson').read_text(encoding='utf-8').splitlines()]


def figure(zh, en, required, measured, held=None):
    """Adds a line to the report. held: whether the requirement is met; None: nothing is required, the value is only reported."""
    figures.append({'figure': {'zh': zh, 'en': en}, 'required': str(required), 'measured': str(measured),
                    'held': None if held is None else bool(held)})


def moment(text):
    """Milliseconds of the epoch."""
    return datetime.datetime.fromisoformat(text.replace('Z', '+00:00')).timestamp() * 1000


def percentile(values, share, weight=lambda one: 1):
    """The least value that so large a share does not exceed; not a number where there are no values."""
    wanted, reached = share * sum(map(weight, values)), 0
    for one in sorted(values):
        reached += weight(one)
        if reached >= wanted:
            return one
    return math.nan


def whole(value):
    return 'none' if math.isnan(value) else round(value)


def sha256(data):
    return hashlib.sha256(data).digest()


def unbase64(text):
    """The bytes of base64 or base64url; none where it is neither."""
    text = text.replace('-', '+').replace('_', '/')
    return b'' if len(text) % 4 == 1 else base64.b64decode(text + '=' * (-len(text) % 4))


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip('=')


def parts(name):
    """A file, and those that continue it: log.json, log.2.json, …"""
    more = 2
    yield read(name)
    while (out / f'{name}.{more}.json').exists():
        yield read(f'{name}.{more}')
        more += 1


# the exported log: the last pack has the newest checkpoint
leaves = []
for pack in parts('log'):
    leaves += [unbase64(one['leaf']) for one in pack['entries']]
entries = [json.loads(leaf) for leaf in leaves]
place = {entry['id']: i for i, entry in enumerate(entries)}


def root_of(hashes):
    """The root of a Merkle tree (RFC 9162, 2.1.1)."""
    left = []
    for node in hashes:
        size = 1
        while left and left[-1][0] == size:
            node, size = sha256(b'\1' + left.pop()[1] + node), 2 * size
        left.append((size, node))
    node = left.pop()[1]
    while left:
        node = sha256(b'\1' + left.pop()[1] + node)
    return node


def is_proven():
    """Whether the checkpoint has the signature of the hub's log key, and its size and root are those of the exported entries."""
    text, _, signatures = pack['checkpoint'].rpartition('\n\n')
    origin, size, root = text.split('\n')[:3]
    anchors = read('anchors')
    if origin != anchors['origin'] or int(size) != len(leaves) or not leaves:
        return False
    if base64.b64encode(root_of(sha256(b'\0' + leaf) for leaf in leaves)).decode() != root:
        return False
    for key in anchors['logKeys']:
        _, digest, public = key.split('+', 2)
        for line in signatures.splitlines():
            mark = unbase64(line.split(' ')[2])
            if mark[:4].hex() == digest:
                try:
                    ed25519.Ed25519PublicKey.from_public_bytes(unbase64(public)[1:]).verify(mark[4:], (text + '\n').encode())
                    return True
                except InvalidSignature:
                    return False
    return False


# what departments received
def each_received(name):
    with open(out / f'received-{name}.ndjson', encoding='utf-8') as file:
        for line in file:
            one = json.loads(line)
            raw = one['headers']
            one['headers'] = {key.lower(): value for key, value in zip(raw[::2], raw[1::2])}
            one['body'] = base64.b64decode(one['body'])
            yield one


def received(name):
    """Answers and refusals of a department: their line, with `headers` by lower-case name and `body` as bytes."""
    return list(each_received(name))


def receivers():
    return sorted(path.stem.removeprefix('received-') for path in out.glob('received-*.ndjson'))


def bytes_of(answers):
    """Every byte of answers and refusals, and what is encoded in their headers, such as receipts."""
    pieces = []
    for one in answers:
        pieces.append(one['body'])
        for name, value in one['headers'].items():
            pieces.append(f'{name}: {value}'.encode())
            for text in re.findall(r'[A-Za-z0-9_+/-]{40,}', value):
                pieces.append(unbase64(text))
                # the entry in a receipt is encoded once more
                pieces.extend(unbase64(leaf.decode()) for leaf in re.findall(rb'"leaf":"([A-Za-z0-9_+/-]+)', pieces[-1]))
    return b'\n'.join(pieces)


def is_bound(one):
    """Whether the log has the entry of an answer's receipt, and the entry commits to the body."""
    receipt = json.loads(unbase64(one['headers']['datong-receipt']))
    at = place.get(receipt['exchange'])
    if at is None or receipt['exchange'] != one['exchange'] or unbase64(receipt['leaf']) != leaves[at]:
        return False
    salt = unbase64(receipt['openings']['reply'])
    return entries[at]['reply'] == base64url(sha256(salt + f'"{base64url(sha256(one["body"]))}"'.encode()))


def outage_figure(arrivals):
    """The hub was killed in the middle: departments received answers before and after it."""
    outage = read('outage')
    before = sum(1 for at in arrivals if at < outage['killed'])
    after = sum(1 for at in arrivals if at > outage['again'])
    figure('以 SIGKILL 终止枢纽：之前、之后收到的', 'killed by SIGKILL: received before, after', '> 0, > 0',
           f"{outage['signal']}: {before}, {after}", outage['signal'] == 'SIGKILL' and before > 0 and after > 0)
    figure('枢纽停止服务，ms', 'hub away, ms', '–', outage['again'] - outage['killed'])
    return outage


def report(charts):
    """Adds the figures that every scenario has, writes the charts and prints the figures."""
    answers = bound = 0
    for name in receivers():
        for one in each_received(name):
            # parts of an upload have no entry, nor has a refusal before the decision
            if 'datong-receipt' in one['headers'] or one['status'] < 400 and not one.get('unlogged'):
                answers += 1
                bound += 'datong-receipt' in one['headers'] and is_bound(one)
    figure('收到的答复，其日志记录可以证明', 'answers that their log entries prove', answers, bound, bound == answers > 0)
    verified = list(parts('verified'))
    proven = sum(one['log']['proven'] for one in verified) if is_proven() else 0
    figure('可脱离枢纽证明的日志记录', 'entries proven without the hub', len(entries), proven,
           all(one['ok'] for one in verified) and proven == len(entries) > 0)
    hub = read('hub')
    figure('枢纽内存峰值，MB', 'memory of the hub at most, MB', f'≤ {MAX_MEMORY}', hub['peakMb'], 0 < hub['peakMb'] <= MAX_MEMORY)
    figure('全程，s', 'duration, s', '–', hub['seconds'])
    (out / 'charts.json').write_text(json.dumps(charts, ensure_ascii=False), encoding='utf-8')
    print(json.dumps(figures, ensure_ascii=False))
