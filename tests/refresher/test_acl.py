"""The users of docker/redis/trials.acl: what each may do, and no more."""

import pytest
import redis

from service import FRESH, PLAIN_ONLY, TOP

ACL = TOP / "docker" / "redis" / "trials.acl"
pytestmark = PLAIN_ONLY
STUDY, OTHER = "NCT99990001", "NCT99990003"


@pytest.fixture
def guarded(service):
    """The service's Redis with the users; admin is the test's own."""
    text = ACL.read_text("ascii")
    assert text.startswith("user default off resetkeys resetchannels -@all\n")
    path = service.directory / "users.acl"
    path.write_text("user default on nopass ~* &* +@all\n"
                    + text.partition("\n")[2], "ascii")
    service.redis.kill()
    service.redis.options = ("--aclfile", str(path))
    service.redis.start()
    return service


def user(service, name):
    return redis.Redis(unix_socket_path=service.redis.socket,
                       username=f"trials-{name}",
                       password=f"replace-me-{name}")


def refused(call, *args, **more):
    with pytest.raises(redis.exceptions.NoPermissionError):
        call(*args, **more)


def test_the_refresher_can_do_all_its_work(guarded):
    password = guarded.directory / "password"
    password.write_text("replace-me-refresher\n", "ascii")
    refresher = guarded.refresher(
        "--redis-user", "trials-refresher", "--redis-password-file", password,
        "--poll", 1, "--max-age", 10, "--rate", 6000)
    refresher.await_event("followed")
    for nct_id in (STUDY, OTHER, "NCT99990101", "NCT99999999"):
        guarded.redis.want(nct_id)
    guarded.redis.await_state(STUDY, "present")
    guarded.redis.await_state("NCT99990101", "alias")
    guarded.redis.await_state("NCT99999999", "absent")
    guarded.redis.await_idle()
    guarded.registry.rebuild()
    guarded.redis.client.zadd(FRESH, {STUDY: 1, OTHER: 1})
    refresher.await_event("checked")
    assert not refresher.events("redis_error")
    assert not refresher.events("redis_away")


def test_what_users_may_not(guarded):
    guarded.redis.client.set("another:key", "secret")
    for name in ("refresher", "module"):
        client = user(guarded, name)
        assert client.ping()
        for call in (client.flushall, client.keys, client.shutdown,
                     client.acl_list, client.config_get, client.client_list,
                     client.save):
            refused(call)
        refused(client.get, "another:key")
        refused(client.config_set, "dir", "/")
    module = user(guarded, "module")
    refused(module.delete, "trials:doc:{NCT99990001}")
    refused(module.hset, "trials:doc:{NCT99990001}", "page", "mine")
    refused(module.eval, "return 1", 0)
    refused(module.xread, {"trials:wanted": "0"})
    assert module.hmget("trials:doc:{NCT99990001}", "v") == [None]
    assert module.xadd("trials:wanted", {"id": STUDY})
    refresher = user(guarded, "refresher")
    refused(refresher.publish, "__redis__:invalidate", "x")
    with pytest.raises(redis.exceptions.ResponseError, match="can't access"):
        refresher.eval("return redis.call('GET', 'another:key')", 0)
