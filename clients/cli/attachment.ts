/** `datong rows attachment put|get`: files that rows name by id. */
import { rmSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { renameDurably } from '../../machine/renameDurably.ts';
import type { Command } from 'commander';
import { contextOf, withCallContext, type ContextOptions } from './callContext.ts';
import { continuePart, refuseExisting } from './partFile.ts';
import { withProfile } from './profile.ts';
import { data, exitCode, talk, VerbFailure } from './verb.ts';
import { withClient, type ClientVerbOptions } from './withClient.ts';
import { defined } from '../../terms/defined.ts';
import { counted } from '../../terms/counted.ts';

interface PutOptions extends ClientVerbOptions {
  readonly field: string;
  readonly type?: string;
  readonly resume?: string;
}

interface GetOptions extends ClientVerbOptions, ContextOptions {
  readonly out: string;
}

const typeOfExtension: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.pdf': 'application/pdf',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
};

export function registerAttachments(rows: Command): void {
  const attachment = rows
    .command('attachment')
    .description('附件：上传、下载行中所写的文件 / files that rows name: upload and download them');
  withProfile(attachment.command('put'))
    .description('上传附件，输出其编号 / upload a file and print its id, for a field of a row')
    .argument('<dataset>', 'dataset of this department, such as ecology.odour-reports')
    .argument('<file>', 'the file')
    .requiredOption('--field <name>', 'field of the schema with x-attachment')
    .option('--type <mediaType>', 'media type (default: by the extension of the file)')
    .option('--resume <id>', 'continue an upload that was begun before')
    .option('--json', 'print the attachment as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong rows attachment put ecology.odour-reports photo.jpg --field photo --as ecology',
    )
    .action(put);
  withCallContext(withProfile(attachment.command('get')))
    .description('下载附件并核验 / download an attachment and verify it')
    .argument('<dataset>', 'such as ecology.odour-reports')
    .argument('<id>', 'the value of the field in a row')
    .requiredOption('-o, --out <file>', 'where the file is written; an unfinished file is FILE.part')
    .option('--json', '{ok, attachment, bytes, file}')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong rows attachment get ecology.odour-reports 0198… -o photo.jpg --as education --purpose environment-study --agreement agr-odour-reports',
    )
    .action(get);
}

async function put(dataset: string, file: string, options: PutOptions): Promise<void> {
  const mediaType = options.type ?? typeOfExtension[extname(file).toLowerCase()];
  if (mediaType === undefined)
    throw new VerbFailure(
      exitCode.usage,
      { zh: `不能由扩展名判断 ${file} 的类型`, en: `the extension of ${file} does not show its type` },
      {
        zh: '用 --type 写明；JPEG 图片为 image/jpeg',
        en: 'give it with --type; a JPEG picture is image/jpeg',
      },
    );
  await withClient(options, async (client) => {
    let begun = options.resume;
    const upload = client.attachments.put(dataset, file, {
      field: options.field,
      mediaType,
      ...defined({ attachment: options.resume }),
      onProgress: ({ attachment, sent, size }) => {
        begun = attachment;
        if (sent > 0 && sent < size)
          talk({ zh: `已上传 ${sent} / ${size} 字节`, en: `${sent} of ${size} bytes sent` });
      },
    });
    const { json } = await upload.catch((error: unknown) => {
      if (begun !== undefined)
        talk({ zh: `可用 --resume ${begun} 继续上传`, en: `continue this upload with --resume ${begun}` });
      throw error;
    });
    data(options.json === true ? JSON.stringify({ ok: true, ...json }) : json.attachment);
    talk({
      zh: `附件已检查并封存，${json.bytes} 字节；在行的 ${json.field} 中写上编号`,
      en: `checked and stored, ${counted(json.bytes, 'byte')}; write this id in the field ${json.field} of a row`,
    });
  });
}

async function get(dataset: string, id: string, options: GetOptions): Promise<void> {
  const { out: output } = options;
  refuseExisting(output);
  const part = `${output}.part`;
  await withClient(options, async (client) => {
    try {
      await continuePart(part, (reading) =>
        client.attachments.bytes(dataset, id, contextOf(options), reading),
      );
    } catch (error) {
      // after a broken connection or a busy hub the download is resumed; bytes of another file are useless to the next attempt
      const { code } = error as { readonly code?: unknown };
      if (code === 'reply_stream_invalid' || code === 'range_invalid') rmSync(part, { force: true });
      throw error;
    }
    renameDurably(part, output);
    const { size } = statSync(output);
    if (options.json === true) data(JSON.stringify({ ok: true, attachment: id, bytes: size, file: output }));
    talk({
      zh: `${size} 字节写入 ${output}；摘要、签名与回执已核验`,
      en: `wrote ${counted(size, 'byte')} to ${output}; digest, signatures and receipts verified`,
    });
  });
}
