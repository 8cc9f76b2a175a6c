/** Catches code that goes around the `Runtime`. */
import { webcrypto } from 'node:crypto';

/** Kept for the simulator itself, whatever is set later. */
export const nextLoopTurn = setImmediate;

const ambient: readonly (readonly [object, string])[] = [
  [Date, 'now'],
  [Math, 'random'],
  [performance, 'now'],
  [globalThis, 'setTimeout'],
  [globalThis, 'setInterval'],
  [globalThis, 'setImmediate'],
  [webcrypto, 'getRandomValues'],
  [webcrypto, 'randomUUID'],
];

/** While it is set, code that bypasses the `Runtime` throws instead of quietly going off the seed. */
export function tripwire(): Disposable {
  const saved = ambient.map(([owner, name]) => Object.getOwnPropertyDescriptor(owner, name));
  for (const [owner, name] of ambient) {
    const value = (): never => {
      throw new Error(`Cannot use ${name} inside a simulation: take it from the Runtime`);
    };
    Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  }
  return {
    [Symbol.dispose]() {
      ambient.forEach(([owner, name], index) => {
        const descriptor = saved[index];
        if (descriptor === undefined) Reflect.deleteProperty(owner, name);
        else Object.defineProperty(owner, name, descriptor);
      });
    },
  };
}
