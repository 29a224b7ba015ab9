// The Compose file of the data, as stackgen writes it.
local data = std.parseJson(importstr 'data.json');
local byName = { [one.name]: one for one in data.services };

// Strings are put together with `+`: to format them takes Jsonnet many times as long.
local secret(name) = '${' + name + ':?set ' + name + ' in .env and pass --env-file .env}';
local identifier(name) = std.strReplace(name, '-', '_');
local prefix(name) = std.asciiUpper(identifier(name));
local text(value) = if std.startsWith(value, '@') then secret(value[1:]) else value;

// What a service is told of one that it needs.
local exports = {
  postgres(one)::
    local id = identifier(one.name);
    { DATABASE_URL: 'postgresql://' + id + ':' + secret(prefix(one.name) + '_PASSWORD') + '@' + one.name + ':5432/' + id },
  redis(one):: { REDIS_URL: 'redis://:' + secret(prefix(one.name) + '_PASSWORD') + '@' + one.name + ':6379/0' },
  fastapi(one):: { [prefix(one.name) + '_URL']: 'http://' + one.name + ':' + one.port },
};
local told(needs) =
  std.foldl(function(sum, need) sum + exports[byName[need].kind](byName[need]), needs, {});

local port(host, container) = { target: container, published: std.toString(host), host_ip: '127.0.0.1', protocol: 'tcp' };
local bind(source, at) = { type: 'bind', source: source, target: at, read_only: true, bind: { create_host_path: false } };
local volume(one, name, at) = { type: 'volume', source: one.name + '-' + name, target: at };
local health(test, timeout, retries) = {
  healthcheck: { test: ['CMD'] + test, interval: '3s', timeout: timeout, retries: retries, start_period: '1m' },
};
local waits(needs) = { [need]: { condition: 'service_healthy' } for need in needs };
local base(name, memory, grace) = {
  read_only: true,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
  deploy: { resources: { limits: { memory: memory } } },
  restart: 'unless-stopped',
  stop_grace_period: grace,
  labels: { 'com.stackgen.stack': data.stack, 'com.stackgen.service': name },
};

// A service that is built from source.
local built(one, command, env) =
  local volumes = [volume(one, name, one.volumes[name]) for name in std.objectFields(one.volumes)]
                  + [bind('../' + mount.source, mount.at) for mount in one.mounts];
  base(one.name, '536870912', '30s')
  + health(['python', '-c', data.probes.python, std.toString(one.port), '/health', '5'], '5s', 5)
  + {
    build: { context: '../' + one.folder, dockerfile: '../../../generated/docker/' + one.name + '.Dockerfile' },
    command: command,
    environment: env + told(one.needs) + { [key]: text(one.env[key]) for key in std.objectFields(one.env) },
    ports: [port(one.port, one.port)],
    networks: one.networks,
    depends_on: waits(one.needs),
    tmpfs: ['/tmp'],
    [if std.length(volumes) > 0 then 'volumes']: volumes,
  };

local kinds = {
  fastapi(one)::
    built(one, ['python', '-m', 'uvicorn', 'main:app', '--host', '0.0.0.0', '--port', std.toString(one.port)], {
      PORT: std.toString(one.port),
      PYTHONUNBUFFERED: '1',
      WEB_CONCURRENCY: '1',
    }),
  django(one)::
    local start = 'if [ "$$1" = true ]; then python manage.py migrate --noinput || exit; fi; '
                  + 'exec python -m gunicorn "$$2" --bind "0.0.0.0:$$3" --worker-tmp-dir /dev/shm';
    built(one, ['sh', '-c', start, 'django', 'true', 'config.wsgi:application', std.toString(one.port)], {
      DJANGO_ALLOWED_HOSTS: 'localhost,127.0.0.1,' + one.name,
      DJANGO_SECRET_KEY: secret(prefix(one.name) + '_SECRET_KEY'),
      PORT: std.toString(one.port),
      PYTHONUNBUFFERED: '1',
      WEB_CONCURRENCY: '2',
    }),
  postgres(one)::
    local id = identifier(one.name);
    local asked = ['--quiet', '--host=127.0.0.1', '--port=5432', '--username=' + id, '--dbname=' + id, '--timeout=3'];
    base(one.name, '536870912', '60s') + health(['pg_isready'] + asked, '3s', 10) + {
      image: 'postgres:17-alpine',
      environment: {
        PGDATA: '/var/lib/postgresql/data',
        POSTGRES_DB: id,
        POSTGRES_PASSWORD: secret(prefix(one.name) + '_PASSWORD'),
        POSTGRES_USER: id,
      },
      ports: [port(one.port, 5432)],
      networks: one.networks,
      volumes: [volume(one, 'data', '/var/lib/postgresql/data')],
      tmpfs: ['/tmp', '/run/postgresql'],
      cap_add: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'],
    },
  redis(one)::
    local settings = [
      '--port', '6379', '--dir', '/data', '--appendonly', 'yes', '--save', '', '--maxmemory', '256mb',
      '--maxmemory-policy', 'noeviction', '--repl-diskless-sync-delay', '0',
    ];
    base(one.name, '536870912', '30s') + health(['sh', '-c', data.probes.redis, 'redis-cli', '6379'], '3s', 10) + {
      image: 'redis:7-alpine',
      command: ['sh', '-c', 'exec redis-server --requirepass "$$REDISCLI_AUTH" "$$@"', 'redis-server'] + settings,
      user: 'redis',
      environment: { REDISCLI_AUTH: secret(prefix(one.name) + '_PASSWORD') },
      ports: [port(one.port, 6379)],
      networks: one.networks,
      volumes: [volume(one, 'data', '/data')],
    },
};

local routed = [one.name for one in data.services if one.routed];
local kong = base('kong', '1073741824', '30s') + health(['bash', '-c', data.probes.kong, 'kong-ready', '8100', '5'], '5s', 6) + {
  image: data.gateway.image,
  entrypoint: ['sh', '/etc/stackgen/kong/entrypoint.sh'],
  command: ['kong', 'docker-start'],
  environment: { [prefix(name) + '_URL']: 'http://' + name + ':' + byName[name].port for name in routed } + {
    JWT_SECRET: secret('JWT_SECRET'),
  } + data.gateway.env,
  ports: [port(data.gateway.port, 8000), port(data.gateway.admin, 8001)],
  networks: ['edge'],
  depends_on: waits(routed),
  dns_opt: ['ndots:1'],
  dns_search: ['.'],
  volumes: [bind('kong', '/etc/stackgen/kong')],
  tmpfs: ['/tmp'],
};

// The volumes of a service, by their names.
local volumes(one) = if one.folder == '' then ['data'] else std.objectFields(one.volumes);

{
  name: data.stack,
  services: { [one.name]: kinds[one.kind](one) for one in data.services } + { kong: kong },
  networks: {
    [network.name]: { ipam: { config: [{ subnet: network.subnet }] }, labels: { 'com.stackgen.stack': data.stack } }
    for network in data.networks
  },
  volumes: {
    [one.name + '-' + name]: { labels: { 'com.stackgen.stack': data.stack, 'com.stackgen.service': one.name } }
    for one in data.services
    for name in volumes(one)
  },
}
