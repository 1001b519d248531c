// A process beside the benchmark, spoken to with one question at a time: load generators and sources must not take the
// time of what is measured.
import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface Child<Question, Answer> {
  ask(question: Question): Promise<Answer>;
  close(): Promise<void>;
}

export const startChild = <Question extends object, Answer>(
  file: URL,
  nodeOptions: readonly string[] = [],
): Child<Question, Answer> => {
  const child = fork(file, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
    execArgv: [...process.execArgv, ...nodeOptions],
  });
  const gone = new Promise<never>((_, reject) => {
    child.once('exit', (code) => reject(new Error(`A benchmark process ended early (${code}).`)));
  });
  gone.catch(() => undefined);
  return {
    async ask(question) {
      const answer = once(child, 'message') as Promise<[Answer]>;
      child.send(question);
      const [given] = await Promise.race([answer, gone]);
      return given;
    },
    async close() {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
};

/** The other side: answers questions until the benchmark lets go. */
export const answerQuestions = <Question, Answer>(answer: (question: Question) => Promise<Answer>): void => {
  process.on('message', (question) => {
    answer(question as Question).then(
      (given) => process.send?.(given),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.once('disconnect', () => process.exit(0));
  process.on('SIGINT', () => undefined);
};
