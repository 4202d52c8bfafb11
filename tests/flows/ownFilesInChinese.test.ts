/** The files of tests/ownFiles.ts in Chinese, on a hub of their own. */
import { typedOwnFiles } from './typedOwnFiles.ts';

await typedOwnFiles('zh');
