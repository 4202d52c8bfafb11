import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../../terms/problem.ts';
import { bytesOf } from '../../fixtures/bytes.ts';
import { readAll } from '../../fixtures/readAll.ts';

type Documents = readonly (readonly [text: string, place: string, what: RegExp])[];

/** Each is refused at its place, however it is cut. */
async function refused(documents: Documents, options: object = {}): Promise<void> {
  for (const [text, place, what] of documents)
    for (const chunk of [1, 1_000])
      await assert.rejects(readAll('xml', bytesOf(text, chunk), options), (error: unknown) => {
        assert.ok(error instanceof Problem && error.code === 'xml_malformed', text);
        const { what: reported, line, column } = error.facts;
        assert.match(typeof reported === 'string' ? reported : JSON.stringify(reported), what, text);
        assert.equal(`${JSON.stringify(line)}:${JSON.stringify(column)}`, place, text);
        return true;
      });
}

test('text outside the root', async () => {
  await refused([
    [' <?xml version="1.0"?><r/>', '1:8', /declaration must be at the start/],
    ['<!-- a --><?xml version="1.0"?><r/>', '1:17', /declaration must be at the start/],
    ['<?XML version="1.0"?><r/>', '1:6', /declaration must be at the start/],
    ['<?xml version="2.0"?><r/>', '1:22', /declaration is malformed/],
    ['<?xml encoding="utf-8"?><r/>', '1:25', /declaration is malformed/],
    ['<? a?><r/>', '1:4', /instruction name/],
    ['<r/>\n<r/>', '2:5', /only one root/],
    ['<r/>\nx', '2:2', /outside of root/],
    ['x<r/>', '1:2', /outside of root/],
    ['&amp;<r/>', '1:2', /outside of root/],
    ['<![CDATA[x]]><r/>', '1:10', /outside of root/],
    ['<r/></r>', '1:9', /unexpected close tag/],
    ['\n<!-- a', '2:7', /root element/],
    ['<r>\n<a', '2:3', /unclosed tag/],
    ['<r/><!-- a', '1:11', /unexpected end/],
  ]);
});

test('tags, attributes and references', async () => {
  await refused([
    ['<r><1a/></r>', '1:6', /tag name/],
    ['<r>< a/></r>', '1:6', /tag name/],
    ['<r></ r>', '1:8', /closing tag/],
    ['<r></></r>', '1:7', /unexpected close tag/],
    ['<r><a / ></r>', '1:9', /forward-slash/],
    ['<r a></r>', '1:6', /without value/],
    ['<r a=1></r>', '1:7', /unquoted/],
    ['<r a="1"b="2"/>', '1:10', /no white space/],
    ['<r a="1" a="2"/>', '1:17', /duplicate/],
    ['<r a="\n<"/>', '2:2', /disallowed character/],
    ['<r>a ]]> b</r>', '1:9', /"\]\]>"/],
    ['<r>&;</r>', '1:5', /reference/],
    ['<r>\n&nbsp;</r>', '2:7', /undefined entity/],
    ['<r>&__proto__;&constructor;</r>', '1:15', /undefined entity/],
    ['<r>&#1114112;</r>', '1:14', /character reference/],
    ['<r>&#99999999999999999999;</r>', '1:27', /character reference/],
    ['<r>&#xd800;</r>', '1:12', /character reference/],
    ['<r>&#X41;</r>', '1:5', /reference/],
    ['<r a="&#11;"/>', '1:12', /character reference/],
    ['<r><!-- a -- b --></r>', '1:14', /comment/],
    ['<r><!x></r>', '1:7', /syntax/],
    ['<r><a>\u0007</a></r>', '1:8', /disallowed character/],
    ['<r><?p \ufffe?></r>', '1:9', /disallowed character/],
    ['<r>\r\n\r<a></b></r>', '3:8', /unexpected close tag/],
  ]);
});

test('namespaces, where they are asked for', async () => {
  const options = { namespaces: { x: 'urn:x' } };
  await refused(
    [
      ['<a:r/>', '1:7', /unbound/],
      ['<r a:k="1"/>', '1:13', /unbound/],
      ['<r xmlns:a="urn:a" xmlns:b="urn:a" a:k="1" b:k="2"/>', '1:53', /duplicate/],
      ['<r xmlns:a=""/>', '1:16', /undefine/],
      ['<r xmlns:xmlns="urn:a"/>', '1:25', /xmlns/],
      ['<r xmlns:xml="urn:a"/>', '1:23', /xml is bound/],
      ['<r xmlns="http://www.w3.org/XML/1998/namespace"/>', '1:50', /reserved/],
      ['<xmlns:r/>', '1:11', /xmlns/],
      ['<:r/>', '1:6', /malformed name/],
      ['<r xmlns:a="urn:a"><a:b:c/></r>', '1:28', /malformed name/],
      ['<r><?a:b c?></r>', '1:8', /instruction name/],
    ],
    options,
  );
  const sound = '<r xmlns="urn:x" xml:lang="zh"><a xmlns="">1</a><b:c xmlns:b="urn:x" b:k="2" k="3"/></r>';
  const { records } = await readAll('xml', bytesOf(sound, 1), { ...options, rows: '/x:r' });
  assert.deepEqual(records, [{ '@lang': 'zh', a: '1', 'x:c': { '@x:k': '2', '@k': '3' } }]);
});
