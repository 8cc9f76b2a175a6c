/** What the tests use of `ali-ons`, which has no types of its own. */
declare module 'ali-ons' {
  export class Message {
    constructor(topic: string, tags: string, body: string | Buffer);
    keys: readonly string[];
    readonly msgId: string;
    readonly topic: string;
    readonly tags: string;
    readonly body: Buffer;
  }

  export class Producer {
    constructor(options: object);
    ready(): Promise<void>;
    on(event: 'error', listen: (error: Error) => void): void;
    send(message: Message): Promise<{ sendStatus: string; msgId: string; queueOffset: number }>;
    close(): Promise<void>;
  }

  export class Consumer {
    constructor(options: object);
    ready(): Promise<void>;
    subscribe(topic: string, tags: string, handle: (message: Message) => Promise<void>): void;
    on(event: 'error', listen: (error: Error) => void): void;
    close(): Promise<void>;
  }
}
