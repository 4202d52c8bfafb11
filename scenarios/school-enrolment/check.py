"""Compares what the bureau received with the truth of the city and with the exported log. It shares no code with the hub."""
import collections
import csv
import hashlib
import io
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from evidence import bytes_of, entries, entry_of, figure, out, place, read, received, report

LAST_BIRTHDAY = '20200831'
FACTS = ['born-by', 'registered-as', 'measles-twice', 'dwelling', 'work']
PAPERS = {'household register': ['born-by', 'registered-as'], 'vaccination booklet': ['measles-twice'],
          'deed or lease': ['dwelling'], 'insurance or licence': ['work']}
GROUP = {'owns-dwelling': 'dwelling', 'lease-runs': 'dwelling', 'paid-in-month': 'work', 'licence-valid': 'work'}
STATES = {'meets': 'yes', 'fails': 'no', 'absent': 'unknown'}
DEPARTMENTS = ['civil-affairs', 'data-office', 'education', 'health', 'housing', 'hrss', 'market', 'natural-resources', 'pub-security']
SHEET = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'


def rows_of_dbf(data):
    """Records of a FoxPro table that are not marked as deleted."""
    count, head, size = (int.from_bytes(data[begin:end], 'little') for begin, end in ((4, 8), (8, 10), (10, 12)))
    return sum(data[head + i * size] != ord('*') for i in range(count))


def rows_of_xlsx(data):
    """Rows of the first sheet without its header."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return sum(1 for _ in ElementTree.fromstring(book.read('xl/worksheets/sheet1.xml')).iter(f'{SHEET}row')) - 1


# how the files of each format begin, and the records that they have; the host's records have their digits in EBCDIC
FORMATS = {
    'HL7 v2': (lambda data: data.startswith(b'MSH|^~\\&|'),
               lambda data: sum(segment.startswith('RXA|') for segment in data.decode('gb18030').split('\r'))),
    'FoxPro DBF': (lambda data: data[:1] in (b'\x03', b'0') and b'\r' in data[32:1024:32], rows_of_dbf),
    'xlsx': (lambda data: data.startswith(b'PK\3\4') and b'xl/workbook.xml' in data, rows_of_xlsx),
    'EBCDIC': (lambda data: all(0xf0 <= one <= 0xf9 for one in data[:17]) and len(data) % 100 == 0 < len(data), lambda data: len(data) // 100),
    'XML': (lambda data: data.startswith(b'<?xml'), lambda data: len(ElementTree.fromstring(data).findall('LICENCE'))),
    'JSON': (lambda data: 'data' in json.loads(data), lambda data: len(json.loads(data)['data']['items'])),
    'CSV in GB18030': (lambda data: data.decode('gb18030').count(',') > data.count(b'\n') and not data.isascii(),
                       lambda data: sum(1 for _ in csv.reader(io.StringIO(data.decode('gb18030'), newline=''))) - 1),
}


def yes(condition):
    return 'yes' if condition else 'no'


def truth(family):
    """The answer to each fact, from what is so in the city."""
    here = family['registered']
    return {
        # an identity number has the day of birth in its seventh to fourteenth digit
        'born-by': yes(family['child'][6:14] <= LAST_BIRTHDAY) if here else 'unknown',
        'registered-as': yes(family['enteredName'] == family['name']) if here else 'unknown',
        'measles-twice': 'unknown' if family['doses'] is None else yes(family['doses'] == 2),
        'dwelling': STATES[family['dwelling']['state']],
        'work': STATES[family['work']['state']],
    }


def spared(answers):
    """Papers that a family need not bring."""
    return [paper for paper, facts in PAPERS.items() if all(answers.get(fact) == 'yes' for fact in facts)]


def format_of(data):
    """The format of a file by its content; none where it is not one of them."""
    for name, (begins, _) in FORMATS.items():
        try:
            if begins(data):
                return name
        except ValueError:
            continue
    return None


given = read('given')
families = {one['matter']: one for one in read('families')}
got = {name: received(name) for name in ('education', 'school-office')}
answered = [one for lines in got.values() for one in lines if 'fact' in one]
answers, meals = collections.defaultdict(dict), collections.defaultdict(list)
for one in answered:
    body = json.loads(one['body'])
    said = body.get('answer') if one['status'] == 200 else body.get('code')
    if one['fact'] == 'on-benefits':
        meals[one['matter']].append((one['exchange'], said))
    else:
        answers[one['matter']][GROUP.get(one['fact'], one['fact'])] = said

# one for 20 residents, rounded up
applications = -(-given['people'] // 20)
figure('报名', 'applications', applications, len(families), len(families) == applications > 0)
wanted = {matter: truth(family) for matter, family in families.items()}
total = len(families) * len(FACTS)
right = sum(answers[matter].get(fact) == wanted[matter][fact] for matter in wanted for fact in FACTS)
figure('与真实情况一致的报名 × 事实', 'applications × facts as in the truth', f'{total} of {total}', f'{right} of {total}',
       right == total > 0 and set(answers) == set(wanted))
tally = collections.Counter(answer for matter in wanted for answer in wanted[matter].values())
figure('真实情况中的是、否、不明', 'yes, no, unknown in the truth', '> 0, > 0, > 0', ', '.join(str(tally[a]) for a in ('yes', 'no', 'unknown')),
       all(tally[a] for a in ('yes', 'no', 'unknown')))

# the files as they were sent: their rows and digests in the log, and their formats by content
sent = read('sent')
contents = {one['dataset']: (out / one['file']).read_bytes() for one in sent}
stored = {entry['dataset']: entry['batch'] for entry in entries
          if entry['operation'] == 'commitBatch' and entry['decision'] == 'allow' and entry['change']['state'] == 'published'}
format_by = {name: format_of(data) for name, data in contents.items()}
written = {name: FORMATS[format_by[name]][1](data) if format_by[name] else 0 for name, data in contents.items()}
figure('七个文件的记录数，与日志中的行数', 'records of seven files, and rows of the log', sum(written.values()),
       sum(batch['rows'] for batch in stored.values()),
       len(written) == 7 and {name: (batch['rows'], batch['bad']) for name, batch in stored.items()} == {name: (count, 0) for name, count in written.items()})
digests = {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}
same = sum(name in stored and stored[name]['sha256'] == digest for name, digest in digests.items())
figure('摘要与日志相符的文件', 'files whose digest is in the log', '7', same, same == 7 == len(stored))
formats = set(format_by.values())
figure('格式，按文件内容', 'formats, by the content of the files', '≥ 6', f"{len(formats)}: {', '.join(sorted(map(str, formats)))}",
       None not in formats and len(formats) >= 6)
registered = {entry['change']['code'] for entry in entries if entry['operation'] == 'registerDepartment' and entry['decision'] == 'allow'}
acting = {entry['actor'].get('department') for entry in entries if entry['operation'] in ('commitBatch', 'checkFact', 'giveConsent')}
figure('部门：登记，报送或核验，按日志', 'departments registered, and sending or asking, by the log', '9, 8', f'{len(registered)}, {len(acting)}',
       sorted(registered) == DEPARTMENTS and acting == set(DEPARTMENTS) - {'data-office'})

# five facts of each application once, and the question about meals three times
times = {(matter, fact): 1 for matter in families for fact in FACTS}
times |= {(matter, 'on-benefits'): 3 for matter, family in families.items() if family['meals']}
made = collections.Counter((one['matter'], GROUP.get(one['fact'], one['fact'])) for one in answered)
asked = [entry for entry in entries if entry['operation'] == 'checkFact']
calls = [one['exchange'] for one in answered]
figure('应有的核验 = 调用 = 日志记录', 'questions due = calls = entries', sum(times.values()), f'{len(calls)}, {len(asked)}',
       made == times and len(asked) == len(set(calls)) == len(calls) and {entry['id'] for entry in asked} == set(calls))
bodies = [json.loads(one['body']) for one in answered if one['status'] == 200]
raw = sum(not set(body) <= {'answer', 'asOf', 'obligations'} or body['answer'] not in STATES.values() for body in bodies)
raw += sum(1 for entry in entries if entry.get('consumer') == 'education' and (entry.get('fields') or entry.get('rows', {}).get('delivered')))
figure('“是、否、不明”以外的答复内容，放出的数据项', 'answers other than yes, no, unknown, and fields released', '0', raw, raw == 0 and bodies)


def is_refused(one):
    """Whether a query of rows was refused, by the received bytes and by the log."""
    entry, body = entry_of(one), json.loads(one['body'])
    return (400 <= one['status'] < 500 and 'records' not in body and body['code'] == entry.get('code') and entry['decision'] == 'deny'
            and (entry['operation'], entry['dataset']) == ('queryDataset', one['rows']))


queries = [one for one in got['education'] if 'rows' in one]
refused = {one['rows'] for one in queries if is_refused(one)}
figure('被拒绝的按行查询，按收到的字节和日志', 'queries of rows that were refused, by bytes and log', len(contents), len(refused),
       refused == set(contents) and len(queries) == len(refused) == 7)
everything = {name: bytes_of(lines) for name, lines in got.items()}
# the runs of digits and of Chinese characters that were received: few, so that each identity is searched in all of them
runs = '\n'.join({run for text in everything.values() for run in re.findall(r'\d{17,}X?|[\u4e00-\u9fff]+', text.decode('utf-8', 'ignore'))})
# the number of an application occurs only in receipts, so finding it shows that receipts were decoded and searched
is_searched = all({one.decode() for one in re.findall(rb'"matter":"(RX-\d{4}-\d{6})"', text)} == set(families) for text in everything.values())
identities = {family[name] for family in families.values() for name in ('child', 'guardian', 'name', 'guardianName')}
found = sum(one in runs for one in identities)
household = contents.get('pub-security.household', b'').decode('gb18030', 'replace')
control = sum(family['guardian'] in household for family in families.values())
figure('收到的字节中的身份号码和姓名', 'identity numbers and names in the received bytes', f'0 of {len(identities)}', found,
       found == 0 and control == len(families) > 0 and is_searched)

withdrawn = {one['matter']: place.get(one['exchange'], -1) for one in received('civil-affairs') if one['status'] == 200}
leaving = {matter for matter, family in families.items() if family['meals'] and family['meals']['withdraws']}
# of a call that has no entry the place is unknown: it counts as a use
later = [said for matter, at in withdrawn.items() for exchange, said in meals[matter] if place.get(exchange, len(entries)) > at]
uses = sum(said != 'consent_missing' for said in later)
figure('撤回之后对同意的使用', 'uses of a consent after its withdrawal', f'0 of {2 * len(leaving)}', f'{uses} of {len(later)}',
       uses == 0 and set(withdrawn) == leaving and leaving and len(later) == 2 * len(leaving))
good = sum(said == STATES[families[matter]['meals']['benefits']] for matter in meals
           for exchange, said in meals[matter] if place.get(exchange, -1) < withdrawn.get(matter, len(entries)))
due = sum((1 if family['meals']['withdraws'] else 3) for family in families.values() if family['meals'])
figure('同意有效期间与真实情况一致的答复', 'answers while the consent applied, as in the truth', due, good, good == due > 0)

papers = collections.Counter(paper for matter in wanted for paper in spared(answers[matter]))
real = collections.Counter(paper for matter in wanted for paper in spared(wanted[matter]))
figure('免交的材料', 'papers spared', sum(real.values()), sum(papers.values()), papers == real and real)
none = sum(len(spared(answers[matter])) == len(PAPERS) for matter in wanted)
figure('无需提交材料的家庭', 'families that bring no paper', '–', f'{none} of {len(families)}')
python = {one['matter'] for one in got['school-office']}
figure('由 Python 程序核验的报名', 'applications asked by the program in Python', len(families), len(python), python == set(families))
moments = [one['at'] for one in answered]
seconds = (max(moments) - min(moments)) / 1000
figure('从第一个答复到最后一个，s', 'first answer to last, s', '≤ 60', round(seconds, 1), 0 < seconds <= 60)

rate = collections.Counter((at - min(moments)) // 1000 for at in moments)
shown = collections.Counter(answer for matter in answers for answer in answers[matter].values())
report([
    {'title': '免交的材料 / papers spared', 'bars': [[paper, papers[paper]] for paper in PAPERS]},
    {'title': '答复 / answers', 'bars': [[answer, shown[answer]] for answer in ('yes', 'no', 'unknown')]},
    {'title': '每秒答复 / answers in each second', 'bars': [[str(second), rate[second]] for second in sorted(rate)]},
])
