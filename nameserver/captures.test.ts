/** What real brokers said to a Java name server, said to ours: the answers must say the same. */
import { describe, expect, test } from 'vitest';
import { type TopicRouteData, topicRouteData } from '../protocol/bodies/mod.ts';
import { type Command, decodeCommand, nameServerRequests } from '../protocol/mod.ts';
import { exchanges } from '../test/wire/captures.ts';
import { readRegistration } from './registration.ts';
import { findRoute, routeData } from './route-answer.ts';
import { Routes } from './routes.ts';

const N = nameServerRequests;

interface Exchange {
  readonly name: string;
  readonly request: Command;
  readonly answer: Command;
}

/** Answered exchanges of one kind in one recording. */
function recorded(folder: string, code: number): Exchange[] {
  return exchanges
    .filter((exchange) => exchange.code === code && exchange.name.startsWith(`${folder}:`))
    .flatMap(({ name, request, answer }) => {
      if (request === undefined || answer === undefined) return [];
      return [{ name, request: decodeCommand(request), answer: decodeCommand(answer) }];
    });
}

/** The routes after all registrations of a recording. */
function routesOf(folder: string): Routes {
  const routes = new Routes({ deleteTopicWithBrokerRegistration: false });
  for (const { name, request } of recorded(folder, N.REGISTER_BROKER.code)) {
    const header = N.REGISTER_BROKER.request.decode(request.fields);
    const { bodyCrc32 = 0, clusterName, heartbeatTimeoutMillis } = header;
    const outcome = routes.register(
      {
        ...header,
        ...readRegistration(request.body, request.version, bodyCrc32),
        cluster: clusterName,
        zoneName: header.__ZONE_NAME,
        timeoutMs: heartbeatTimeoutMillis,
        enableActingMaster: header.enableActingMaster,
        channel: undefined,
      },
      0,
    );
    expect(outcome.kind, name).toBe('registered');
  }
  return routes;
}

/** Without what the three registrations of a recording cannot tell: who else had come by then. */
function comparable({ queueDatas, brokerDatas }: TopicRouteData) {
  return {
    queueDatas,
    brokerDatas: brokerDatas.map(({ brokerName, cluster }) => ({ brokerName, cluster })),
  };
}

describe.each(['single', 'admin', 'slave', 'auth'])('recording %s', (folder) => {
  test('has registrations that check out', () => {
    expect(recorded(folder, N.REGISTER_BROKER.code).length).toBeGreaterThan(0);
    expect(routesOf(folder).topics.size).toBeGreaterThan(5);
  });

  test('has routes that ours equal', () => {
    const routes = routesOf(folder);
    const found = recorded(folder, N.GET_ROUTEINFO_BY_TOPIC.code).filter(({ request, answer }) => {
      return answer.code === 0 && routes.topics.has(request.fields['topic'] ?? '');
    });
    expect(found.length).toBeGreaterThan(0);
    for (const { name, request, answer } of found) {
      const topic = request.fields['topic'] ?? '';
      const route = findRoute(routes, topic);
      const ours = route && routeData(routes, topic, route, undefined);
      const theirs = topicRouteData.decode(answer.body);
      expect(ours && comparable(ours), name).toEqual(comparable(theirs));
    }
  });
});

test('a route of one broker is the very bytes that Java answers', () => {
  const routes = routesOf('single');
  const compared = recorded('single', N.GET_ROUTEINFO_BY_TOPIC.code).flatMap(
    ({ request, answer }) => {
      const topic = request.fields['topic'] ?? '';
      const route = findRoute(routes, topic);
      if (route === undefined || answer.code !== 0) return [];
      const ours = topicRouteData.encode(routeData(routes, topic, route, undefined), 'strict');
      return [[ours.toString(), answer.body.toString()]];
    },
  );
  expect(compared.length).toBeGreaterThan(0);
  for (const [ours, theirs] of compared) expect(ours).toBe(theirs);
});
