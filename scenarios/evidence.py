"""What the checks of all scenarios use: the exported log, the bytes that departments received, notes of the players, figures. It shares no
code with the hub: it follows docs/audit.md and the RFCs."""
import base64
import collections
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
# seconds of a run with at most so many people
MAX_SECONDS, SMALL_CITY = 60, 2000
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


def checkpoint_of(signed):
    """Size and root of a checkpoint (C2SP signed note); none where it does not have the signature of the hub's log key."""
    text, _, signatures = signed.rpartition('\n\n')
    origin, size, root = text.split('\n')[:3]
    anchors = read('anchors')
    if origin != anchors['origin']:
        return None
    for key in anchors['logKeys']:
        _, digest, public = key.split('+', 2)
        for line in signatures.splitlines():
            mark = unbase64(line.split(' ')[2])
            if mark[:4].hex() == digest:
                try:
                    ed25519.Ed25519PublicKey.from_public_bytes(unbase64(public)[1:]).verify(mark[4:], (text + '\n').encode())
                    return int(size), unbase64(root)
                except InvalidSignature:
                    return None
    return None


def is_proven():
    """Whether the signed checkpoint has the size and root of the exported entries."""
    return bool(leaves) and checkpoint_of(pack['checkpoint']) == (len(leaves), root_of(sha256(b'\0' + leaf) for leaf in leaves))


def is_included(leaf, index, proof, checkpoint):
    """Whether an inclusion proof leads from a leaf to the root of a checkpoint (RFC 9162, 2.1.3.2)."""
    size, root = checkpoint
    if not 0 <= index < size:
        return False
    first, last, node = index, size - 1, sha256(b'\0' + leaf)
    for sibling in proof:
        if last == 0:
            return False
        if first % 2 or first == last:
            node = sha256(b'\1' + sibling + node)
            while first and first % 2 == 0:
                first, last = first >> 1, last >> 1
        else:
            node = sha256(b'\1' + node + sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and node == root


# what departments received
def each_received(name):
    with open(out / f'received-{name}.ndjson', encoding='utf-8') as file:
        for line in file:
            one = json.loads(line)
            raw = one['headers']
            one['headers'] = {key.lower(): value for key, value in zip(raw[::2], raw[1::2])}
            one['body'] = base64.b64decode(one['body'])
            # a refusal that is not signed names none
            one.setdefault('exchange', None)
            yield one


def received(name):
    """Answers and refusals of a department: their line, with `headers` by lower-case name and `body` as bytes."""
    return list(each_received(name))


def receivers():
    return sorted(path.stem.removeprefix('received-') for path in out.glob('received-*.ndjson'))


def events_of(one):
    """The events of an answer to a pull; empty where it is another answer."""
    return json.loads(one['body']).get('events', []) if one['status'] == 200 else []


def entry_of(one):
    """The log entry of an answer or refusal; empty where the log has none."""
    at = place.get(one['exchange'])
    return {} if at is None else entries[at]


def unescaped(data):
    """JSON with the characters that its escapes stand for; empty where there is no JSON, or no escape."""
    try:
        return json.dumps(json.loads(data), ensure_ascii=False).encode('utf-8', 'replace') if b'\\' in data else b''
    except ValueError:
        return b''


def bytes_of(answers):
    """Every byte of answers and refusals, also without escapes, and what is encoded in their headers, such as receipts."""
    pieces = []
    for one in answers:
        pieces += [one['body'], unescaped(one['body'])]
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


def report(charts, persons=()):
    """Adds the figures that every scenario has, writes the charts and prints the figures.
    persons: receivers who are persons. The staff interface gives no receipts."""
    uploads = collections.Counter(one['actor'].get('department') for one in entries
                                  if one['operation'] == 'finishAttachment' and one['decision'] == 'allow')
    answers = bound = 0
    for name in sorted(set(receivers()) - set(persons)):
        without = 0
        for one in each_received(name):
            if 'datong-receipt' in one['headers']:
                answers += 1
                bound += is_bound(one)
            else:
                # a refusal before the decision has no entry
                without += one['status'] < 400
        # a part of an upload has no entry, only its end has; each file has one part
        answers += max(0, without - uploads[name])
    figure('收到的答复，其日志记录可以证明', 'answers that their log entries prove', answers, bound, bound == answers > 0)
    verified = list(parts('verified'))
    proven = sum(one['log']['proven'] for one in verified) if is_proven() else 0
    figure('可脱离枢纽证明的日志记录', 'entries proven without the hub', len(entries), proven,
           all(one['ok'] for one in verified) and proven == len(entries) > 0)
    hub = read('hub')
    figure('枢纽内存峰值，MB', 'memory of the hub at most, MB', f'≤ {MAX_MEMORY}', hub['peakMb'], 0 < hub['peakMb'] <= MAX_MEMORY)
    is_small = read('given')['people'] <= SMALL_CITY
    figure('全程，s', 'duration, s', f'≤ {MAX_SECONDS}' if is_small else '–', hub['seconds'],
           0 < hub['seconds'] <= MAX_SECONDS if is_small else None)
    (out / 'charts.json').write_text(json.dumps(charts, ensure_ascii=False), encoding='utf-8')
    print(json.dumps(figures, ensure_ascii=False))
