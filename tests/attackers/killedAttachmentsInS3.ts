/** A hub whose attachments are in an object store is killed while files are uploaded, read and swept. */
import { killAttachments } from './attachmentKills.ts';

await killAttachments('s3');
