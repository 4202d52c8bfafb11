/** The page of persons, on a listener of its own: another entry of the same build, without the staff's components. */
import { join } from 'node:path';
import type { RequestHandler } from 'express';
import { builtPages, consoleFolder } from './consolePages.ts';

/** Answers GET and HEAD of `/` and of everything below `/own`, and lets the rest pass. */
export const ownPages = (): RequestHandler => builtPages('own', join(consoleFolder, 'own'));
