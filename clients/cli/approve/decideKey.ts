import { told } from '../told.ts';
import type { StaffClient } from '../apply/staffCall.ts';
import { data, dataLines, say, talk } from '../verb.ts';
import { bodyOf, type WaitingKey } from './waiting.ts';
import { personText } from '../personText.ts';

/** Shows the thumbprint to compare with the department; with `yes` confirms it. @throws DatongRefusal */
export async function decideKey(
  client: StaffClient,
  key: WaitingKey,
  options: { readonly yes?: boolean; readonly json?: boolean },
): Promise<void> {
  const { keyid, department, enrolled, issuer, issuerName, objection } = key;
  if (options.json !== true) {
    dataLines([`${told('kind', 'Key')} ${keyid}  ${department}  ${enrolled}`]);
    if (issuer !== undefined)
      data(`${say({ zh: '入网码发放人', en: 'code issued by' })}  ${personText(issuer, issuerName)}`);
    if (objection !== undefined) dataLines([`${say({ zh: '异议', en: 'objection' })}  ${objection}`]);
  }
  if (options.yes !== true) {
    if (options.json === true) data(JSON.stringify(key));
    talk({
      zh: '未作任何更改；另经渠道与部门核对指纹后，加 --yes 确认',
      en: 'nothing is changed; compare the thumbprint with the department by another channel, then --yes confirms it',
    });
    return;
  }
  const confirmed = bodyOf(await client.post(`/v1/signing-keys/${keyid}/confirmation`, { department }));
  if (options.json === true) data(JSON.stringify(confirmed));
  talk({ zh: `密钥 ${keyid} 已确认`, en: `the key ${keyid} is confirmed` });
}
