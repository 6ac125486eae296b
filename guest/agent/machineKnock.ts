import { connect } from "node:net";

/** Nothing of ours listens there, so that a kernel refuses by itself and no program has to run for it. */
const unusedPort = 9;

export interface Knock {
  giveUp(): void;
}

/** `onAnswer` is called at most once, and never after the knock was given up. */
export type KnockAt = (address: string, onAnswer: () => void) => Knock;

/**
 * Asks whether a machine is there, and not how its service is: its kernel answers, however busy its programs are, and a
 * refusal is as good an answer as any.
 */
export const knockAt: KnockAt = (address, onAnswer) => {
  const socket = connect({ host: address, port: unusedPort });
  const giveUp = () => {
    socket.removeAllListeners();
    // An error without a listener would end the process.
    socket.on("error", () => {});
    socket.destroy();
  };
  const answered = () => {
    giveUp();
    onAnswer();
  };
  socket.once("connect", answered);
  socket.once("error", ({ code }: NodeJS.ErrnoException) => (code === "ECONNREFUSED" ? answered() : giveUp()));
  return { giveUp };
};
