"""Compares what the bureau received with the truth of the city and with the exported log. It shares no code with the hub."""
import collections
import hashlib
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from evidence import bytes_of, entries, figure, out, place, read, received, report

LAST_BIRTHDAY = '20200831'
FACTS = ['born-by', 'registered-as', 'measles-twice', 'dwelling', 'work']
PAPERS = {'household register': ['born-by', 'registered-as'], 'vaccination booklet': ['measles-twice'],
          'deed or lease': ['dwelling'], 'insurance or licence': ['work']}
GROUP = {'owns-dwelling': 'dwelling', 'lease-runs': 'dwelling', 'paid-in-month': 'work', 'licence-valid': 'work'}
STATES = {'meets': 'yes', 'fails': 'no', 'absent': 'unknown'}
DEPARTMENTS = ['civil-affairs', 'data-office', 'education', 'health', 'housing', 'hrss', 'market', 'natural-resources', 'pub-security']
# how the files of each format begin; the host's records have their digits in EBCDIC
FORMATS = {
    'HL7 v2': lambda data: data.startswith(b'MSH|^~\\&|'),
    'FoxPro DBF': lambda data: data[:1] in (b'\x03', b'0') and b'\r' in data[32:1024:32],
    'xlsx': lambda data: data.startswith(b'PK\3\4') and b'xl/workbook.xml' in data,
    'EBCDIC': lambda data: all(0xf0 <= one <= 0xf9 for one in data[:17]) and len(data) % 100 == 0 < len(data),
    'XML': lambda data: data.startswith(b'<?xml'),
    'JSON': lambda data: 'data' in json.loads(data),
    'CSV in GB18030': lambda data: data.decode('gb18030').count(',') > data.count(b'\n') and not data.isascii(),
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
    for name, begins in FORMATS.items():
        try:
            if begins(data):
                return name
        except ValueError:
            continue
    return None


given = read('given')
families = {one['matter']: one for one in read('families')}
answered = received('education') + received('school-office')
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
written = {one['dataset']: one['records'] for one in sent}
figure('七个文件的记录数，与日志中的行数', 'records of seven files, and rows of the log', sum(written.values()),
       sum(batch['rows'] for batch in stored.values()),
       len(written) == 7 and {name: (batch['rows'], batch['bad']) for name, batch in stored.items()} == {name: (count, 0) for name, count in written.items()})
digests = {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}
same = sum(name in stored and stored[name]['sha256'] == digest for name, digest in digests.items())
figure('摘要与日志相符的文件', 'files whose digest is in the log', '7', same, same == 7 == len(stored))
formats = {format_of(data) for data in contents.values()}
figure('格式，按文件内容', 'formats, by the content of the files', '≥ 6', f"{len(formats)}: {', '.join(sorted(map(str, formats)))}",
       None not in formats and len(formats) >= 6)
registered = {entry['change']['code'] for entry in entries if entry['operation'] == 'registerDepartment' and entry['decision'] == 'allow'}
acting = {entry['actor'].get('department') for entry in entries if entry['operation'] in ('commitBatch', 'checkFact', 'giveConsent')}
figure('部门：登记，报送或核验，按日志', 'departments registered, and sending or asking, by the log', '9, 8', f'{len(registered)}, {len(acting)}',
       sorted(registered) == DEPARTMENTS and acting == set(DEPARTMENTS) - {'data-office'})

asked = [entry for entry in entries if entry['operation'] == 'checkFact']
calls = [one['exchange'] for one in answered]
figure('日志记录 = 调用', 'entries = calls', len(calls), len(asked),
       len(asked) == len(set(calls)) == len(calls) and {entry['id'] for entry in asked} == set(calls))
raw = sum(len(set(json.loads(one['body'])) - {'answer', 'asOf', 'obligations', 'notes'}) for one in answered if one['status'] == 200)
raw += sum(1 for entry in entries if entry.get('consumer') == 'education' and (entry.get('fields') or entry.get('rows', {}).get('delivered')))
figure('放出的原始数据项', 'raw fields that were released', '0', raw, raw == 0 and answered)
everything = bytes_of(answered)
# the runs of digits and of Chinese characters that were received: few, so that each identity is searched in all of them
runs = '\n'.join({*re.findall(r'\d{17,}X?|[\u4e00-\u9fff]+', everything.decode('utf-8', 'ignore'))})
identities = {family[name] for family in families.values() for name in ('child', 'guardian', 'name', 'guardianName')}
found = sum(one in runs for one in identities)
household = contents.get('pub-security.household', b'').decode('gb18030', 'replace')
control = sum(family['guardian'] in household for family in families.values())
figure('收到的字节中的身份号码和姓名', 'identity numbers and names in the received bytes', f'0 of {len(identities)}', found,
       found == 0 and control == len(families) > 0)

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
python = {one['matter'] for one in received('school-office')}
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
