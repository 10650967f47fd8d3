
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Slow work of a request in nginx's thread pool.  A task outlives its request
 * when the client leaves: a thread cannot be stopped.  So all that the thread
 * touches is in the task's data.
 */


#include "ngx_conf_api.h"


struct ngx_conf_api_task_s {
    ngx_conf_api_req_t        *req;             /* NULL: nobody waits */
    ngx_pool_t                *pool;
    ngx_thread_task_t         *thread;
    ngx_conf_api_work_t        work;
    u_char                     data[];
};


#define ngx_conf_api_task(d)                                                  \
    ((ngx_conf_api_task_t *)                                                  \
         ((u_char *) (d) - offsetof(ngx_conf_api_task_t, data)))


static void ngx_conf_api_task_thread(void *ctx, ngx_log_t *log);
static void ngx_conf_api_task_done(ngx_event_t *ev);
static void ngx_conf_api_free_task(ngx_conf_api_task_t *task);


void *
ngx_conf_api_create_task(ngx_conf_api_req_t *req, size_t size,
    const ngx_conf_api_work_t *work)
{
    ngx_pool_t           *pool;
    ngx_thread_task_t    *thread;
    ngx_conf_api_task_t  *task;

    pool = ngx_create_pool(1024, ngx_cycle->log);
    if (pool == NULL) {
        return NULL;
    }

    thread = ngx_thread_task_alloc(pool, sizeof(ngx_conf_api_task_t) + size);
    if (thread == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    task = thread->ctx;

    task->req = req;
    task->pool = pool;
    task->thread = thread;
    task->work = *work;

    thread->handler = ngx_conf_api_task_thread;
    thread->event.handler = ngx_conf_api_task_done;
    thread->event.data = task;
    thread->event.log = ngx_cycle->log;

    return task->data;
}


ngx_int_t
ngx_conf_api_post_task(void *data, ngx_msec_t timeout)
{
    ngx_conf_api_req_t   *req;
    ngx_conf_api_task_t  *task;

    task = ngx_conf_api_task(data);
    req = task->req;

    if (ngx_thread_task_post(req->main->thread_pool, task->thread) != NGX_OK) {
        ngx_conf_api_free_task(task);
        return NGX_BUSY;
    }

    req->task = task;

    ngx_conf_api_progress(req, timeout);

    return NGX_OK;
}


void
ngx_conf_api_cancel_task(ngx_conf_api_task_t *task)
{
    task->req = NULL;
}


static void
ngx_conf_api_task_thread(void *ctx, ngx_log_t *log)
{
    ngx_conf_api_task_t  *task = ctx;

    task->work.thread(task->data);
}


static void
ngx_conf_api_task_done(ngx_event_t *ev)
{
    ngx_connection_t     *c;
    ngx_conf_api_req_t   *req;
    ngx_conf_api_task_t  *task = ev->data;

    req = task->req;

    if (req == NULL) {
        ngx_conf_api_free_task(task);
        return;
    }

    c = req->request->connection;
    req->task = NULL;

    ngx_conf_api_progress(req, 0);

    task->work.done(req, task->data);

    ngx_conf_api_free_task(task);

    ngx_http_run_posted_requests(c);
}


static void
ngx_conf_api_free_task(ngx_conf_api_task_t *task)
{
    task->work.free(task->data);

    ngx_destroy_pool(task->pool);
}
