/** Attachments for the examples of the exchange listener. */
import { createHash } from 'node:crypto';
import sharp from 'sharp';
import type { Attachment } from '../../clients/sdk/attachments.ts';
import { post } from '../flows/intakeCalls.ts';
import type { City } from '../hub.ts';
import type { Play } from './play.ts';

/** Photos of reports: one that a row names, one without its bytes, one that is not finished. */
export async function attachmentPlays(city: City): Promise<Readonly<Record<string, Play>>> {
  const dataset = 'ecology.odour-reports';
  const { ecology } = city;
  const { client } = ecology;
  const bytes = await sharp({ create: { width: 64, height: 48, channels: 3, background: 'grey' } })
    .jpeg()
    .toBuffer();
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const begun = async (name: string): Promise<string> => {
    const opening = { field: 'photo', name, mediaType: 'image/jpeg', bytes: bytes.length, sha256 };
    const { json } = await post(client, `/v1/datasets/${dataset}/attachments`, opening);
    return (json as Attachment).attachment;
  };
  const upload = { field: 'photo', mediaType: 'image/jpeg', name: 'first.jpg' };
  const finished = (await client.attachments.put(dataset, bytes, upload)).json.attachment;
  await post(client, `/v1/datasets/${dataset}/rows`, [
    { report_id: 'O-1', district: 'east', photo: finished },
  ]);
  const sent = await begun('second.jpg');
  await client.call({
    method: 'PUT',
    path: `/v1/attachments/${sent}/parts/0`,
    body: bytes,
    receipt: 'optional',
    headers: { 'content-type': 'application/octet-stream' },
  });
  const by = 'ecology';
  return {
    openAttachment: { by },
    getAttachment: { by, path: `/v1/attachments/${finished}` },
    putAttachmentPart: { by, part: bytes, path: `/v1/attachments/${await begun('third.jpg')}/parts/0` },
    finishAttachment: { by, path: `/v1/attachments/${sent}/finish` },
    downloadAttachment: { path: `/v1/datasets/${dataset}/attachments/${finished}` },
  };
}
