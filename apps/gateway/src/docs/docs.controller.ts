import { Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Serve } from '../http/operation.js';
import { docsOperations } from './docs-operations.js';
import { homeLinks } from './home-links.js';
import { pagePolicy } from './html-page.js';
import { Reference } from './reference.js';

@Controller()
export class DocsController {
  constructor(private readonly reference: Reference) {}

  @Serve(docsOperations.home)
  home(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): string | typeof homeLinks {
    reply.header('Vary', 'Accept');
    return (request.headers.accept ?? '').includes('text/html') ? sendPage(reply, this.reference.homePage) : homeLinks;
  }

  @Serve(docsOperations.openapi)
  openApi(@Res({ passthrough: true }) reply: FastifyReply): string {
    reply.type('application/json').header('Cache-Control', 'no-cache');
    return this.reference.openApiText;
  }

  @Serve(docsOperations.docs)
  docs(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): string {
    return sendPage(reply, this.reference.docsPageAt(request.headers.host ?? 'localhost'));
  }

  @Serve(docsOperations.problems)
  problems(@Res({ passthrough: true }) reply: FastifyReply): string {
    return sendPage(reply, this.reference.problemsPage);
  }
}

function sendPage(reply: FastifyReply, page: string): string {
  reply.type('text/html; charset=utf-8').headers({ 'Content-Security-Policy': pagePolicy, 'Cache-Control': 'no-cache' });
  return page;
}
