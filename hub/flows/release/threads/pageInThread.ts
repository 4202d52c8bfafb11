/** The thread side of page masking: it answers one question after another. */
import type { KeyObject } from 'node:crypto';
import { parentPort, type MessagePort } from 'node:worker_threads';
import { surroundingsWith } from '../../../../machine/surroundings.ts';
import { pseudonymKeys } from '../../../../policies/masks/pseudonyms/pseudonymKey.ts';
import type { Surroundings } from '../../../../schemas/surroundings.ts';
import { Problem } from '../../../../terms/problem.ts';
import { subjectTokens } from '../../../log/subjects.ts';
import { subjectLength } from '../../../domain/subjectHash.ts';
import { cellsIn, recordsOf } from '../../rows/store/rowsByColumn.ts';
import { linesOf } from '../linesOf.ts';
import { maskColumns, maskPage } from '../maskPage.ts';
import type { MaskedLines, PageAnswer, PageQuestion, PageTask } from './messages.ts';

type MaskLines = (question: PageQuestion) => MaskedLines;

/** Answers questions until the thread ends. */
function answerQuestions(port: MessagePort): void {
  const known = new Map<number, MaskLines>();
  /** of the last task: the next task reuses them */
  let last: { readonly digest: string; readonly surroundings: Surroundings } | undefined;

  /** derived values of a key are reused by every task with that key */
  let lastTokens: KeyObject | undefined;

  function tokensOf({ tokens }: PageTask): KeyObject {
    if (lastTokens?.equals(tokens) !== true) lastTokens = tokens;
    return lastTokens;
  }

  function surroundingsOf({ codeLists: { digest, lists } }: PageTask): Surroundings {
    if (last?.digest !== digest) last = { digest, surroundings: surroundingsWith(lists) };
    return last.surroundings;
  }

  function answerOf(question: PageQuestion): MaskedLines {
    const { task, forget } = question;
    if (forget) known.clear();
    if (typeof task === 'object')
      known.set(task.id, masking({ ...task, tokens: tokensOf(task) }, surroundingsOf(task)));
    const mask = known.get(typeof task === 'object' ? task.id : task);
    if (mask === undefined) throw new TypeError('a page of an unknown plan');
    return mask(question);
  }

  port.on('message', (question: PageQuestion) => {
    const answer = answered(() => answerOf(question));
    port.postMessage(
      answer,
      'answer' in answer ? [...own(answer.answer.bytes), ...own(answer.answer.subjects)] : [],
    );
  });
  port.postMessage({ ready: true } satisfies PageAnswer);
}

/** Buffers that are not shared are transferred without a copy. */
const own = (bytes: Uint8Array): ArrayBuffer[] =>
  bytes.buffer instanceof ArrayBuffer && bytes.buffer.byteLength === bytes.length ? [bytes.buffer] : [];

function answered(answer: () => MaskedLines): PageAnswer {
  try {
    return { answer: answer() };
  } catch (error) {
    return error instanceof Problem
      ? { refused: { code: error.code, facts: error.facts, extras: error.extras } }
      : { failed: error instanceof Error ? error.name : 'error' };
  }
}

/** Masks are compiled with the first page. */
function masking(task: PageTask, surroundings: Surroundings): MaskLines {
  const { schema, plan, fields, maskTypeErrors, columns, tokens, csv } = task;
  const services = { keys: { pseudonyms: pseudonymKeys(new Uint8Array(task.pseudonym.export())) } };
  const permission = { plan, fields, limits: maskTypeErrors === undefined ? {} : { maskTypeErrors } };
  const dataset = { schema, compiled: { surroundings } };
  return ({ texts, length, held, subjects: persons, now }) => {
    const values = texts.map((text, at) => cellsIn(text, columns[at], held));
    const subjects = subjectTokens(tokens, persons, subjectLength);
    if (csv === undefined) {
      const cells = new Map(
        columns.map(({ field, nullable }, at) => [field, { values: values[at] ?? [], nullable }]),
      );
      const lines = maskColumns(services, permission, dataset, { cells, length }, now);
      if (lines !== undefined) return { ...lines, subjects };
    }
    const rows = recordsOf(columns, values, length).map((record) => ({ record }));
    const { records, typeErrors } = maskPage(services, permission, dataset, { rows }, now);
    return { bytes: linesOf(records, csv), typeErrors, subjects };
  };
}

if (parentPort === null) throw new TypeError('to be run in a thread');
answerQuestions(parentPort);
