import type { Step } from "./step.ts";

/** The steps of a phase, handed out in plan order as soon as what they need is done. */
export class StepQueue {
  readonly #position: ReadonlyMap<Step, number>;
  /** How many needs of a step are not done yet. */
  readonly #open = new Map<Step, number>();
  readonly #dependents = new Map<Step, Step[]>();
  /** In plan order. */
  readonly #ready: Step[] = [];

  /** Needs outside of `steps` count as done: another phase's, or not selected. */
  constructor(steps: readonly Step[], before: ReadonlyMap<Step, ReadonlySet<Step>>) {
    this.#position = new Map(steps.map((step, index) => [step, index]));
    for (const step of steps) {
      const needs = [...(before.get(step) ?? [])].filter((need) => this.#position.has(need));
      this.#open.set(step, needs.length);
      for (const need of needs) {
        const known = this.#dependents.get(need);
        if (known) known.push(step);
        else this.#dependents.set(need, [step]);
      }
      if (needs.length === 0) this.#ready.push(step);
    }
  }

  /** The next step that may begin and is fit to. */
  take(isFit: (step: Step) => boolean): Step | undefined {
    const index = this.#ready.findIndex(isFit);
    return index < 0 ? undefined : this.#ready.splice(index, 1)[0];
  }

  /** A step has ended, however: its dependents may be handed out. */
  end(step: Step): void {
    for (const dependent of this.#dependents.get(step) ?? []) {
      const left = (this.#open.get(dependent) ?? 0) - 1;
      this.#open.set(dependent, left);
      if (left === 0) this.#insert(dependent);
    }
  }

  #insert(step: Step): void {
    const position = this.#position.get(step) ?? 0;
    let low = 0;
    let high = this.#ready.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#ready[middle];
      if (other && (this.#position.get(other) ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    this.#ready.splice(low, 0, step);
  }
}
