/** A hub whose attachments are in the database is killed while files are uploaded, read and swept. */
import { killAttachments } from './attachmentKills.ts';

await killAttachments('database');
