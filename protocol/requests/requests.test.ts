import { describe, expect, test } from 'vitest';
import { brokerRequests } from './broker.ts';
import { clientRequests } from './client.ts';
import { controllerRequests } from './controller.ts';
import { nameServerRequests } from './nameserver.ts';
import { containerRequests } from './operations.ts';
import { namesByCode, type RequestTable } from './row.ts';

const tables: [string, RequestTable][] = [
  ['nameserver', nameServerRequests],
  ['broker', brokerRequests],
  ['controller', controllerRequests],
  ['client', clientRequests],
  ['container', containerRequests],
];

describe.each(tables)('the table of the %s', (server, table) => {
  const rows = Object.entries(table);

  test('has one row a code', () => {
    expect(namesByCode(table).size).toBe(rows.length);
  });

  test('says who serves each row, this server among them', () => {
    const others = rows.filter(([, row]) => !row.servedBy.some((each) => each === server));
    expect(others.map(([name]) => name)).toEqual([]);
  });

  test('says in one sentence what each request is for', () => {
    const bad = rows.filter(([, { doc }]) => !/^[A-Z][^\n]{9,98}[.;]$/.test(doc));
    expect(bad.map(([name]) => name)).toEqual([]);
  });

  test('has no two fields of one key in a header', () => {
    const twice = rows.filter(([, { request, response }]) =>
      [request, response].some((header) => {
        const keys = header.rows.map(({ key }) => key);
        return new Set(keys).size !== keys.length;
      }),
    );
    expect(twice.map(([name]) => name)).toEqual([]);
  });
});

test('every code of the protocol is in a table', () => {
  const all = [
    10, 11, 12, 14, 15, 17, 18, 21, 25, 26, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41,
    42, 43, 45, 46, 60, 61, 100, 101, 102, 103, 104, 105, 106, 200, 201, 202, 203, 204, 205, 206,
    207, 208, 215, 216, 217, 219, 220, 221, 222, 223, 224, 225, 300, 303, 304, 305, 306, 307, 308,
    309, 310, 311, 312, 313, 314, 315, 316, 317, 318, 319, 320, 321, 322, 323, 324, 325, 326, 327,
    328, 329, 343, 345, 351, 352, 353, 354, 355, 361, 370, 400, 401, 402, 513, 901, 902, 903, 904,
    905, 906, 907, 908, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012,
    1013, 2001, 2002, 2003, 2004, 3001, 3002, 3003, 3004, 3005, 3006, 3007, 3008, 3009, 3010,
    200_050, 200_051, 200_052, 200_053, 200_054, 200_055, 200_056, 200_151,
  ];
  const known = new Set(tables.flatMap(([, table]) => [...namesByCode(table).keys()]));
  expect(all.filter((code) => !known.has(code))).toEqual([]);
  expect(known.size).toBe(all.length);
});

test('pulls and waits are not served at the fast port', () => {
  const atFast = Object.entries(brokerRequests)
    .filter(([, { servedBy }]) => !servedBy.some((server) => server === 'fast'))
    .map(([name]) => name);
  expect(atFast).toEqual([
    'PULL_MESSAGE',
    'LITE_PULL_MESSAGE',
    'POP_MESSAGE',
    'PEEK_MESSAGE',
    'NOTIFICATION',
    'POLLING_INFO',
  ]);
});

test('a send in one-letter keys is the same header', () => {
  const send = {
    producerGroup: 'pg',
    topic: 'T',
    defaultTopic: 'TBW102',
    defaultTopicQueueNums: 4,
    queueId: 1,
    sysFlag: 0,
    bornTimestamp: 1_700_000_000_000,
    flag: 0,
    batch: false,
    bname: 'b',
  };
  const { SEND_MESSAGE, SEND_MESSAGE_V2 } = brokerRequests;
  expect(SEND_MESSAGE_V2.request.encode(send)).toEqual({
    a: 'pg',
    b: 'T',
    c: 'TBW102',
    d: '4',
    e: '1',
    f: '0',
    g: '1700000000000',
    h: '0',
    m: 'false',
    n: 'b',
  });
  expect(SEND_MESSAGE_V2.request.decode(SEND_MESSAGE_V2.request.encode(send))).toEqual(
    SEND_MESSAGE.request.decode(SEND_MESSAGE.request.encode(send)),
  );
});
