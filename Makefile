# Builds libtrials, its two programs and the nginx module, out of the tree.
#
#   make                 everything, in build/
#   make demo            the whole system on this machine, with sample records
#   make test            all tests
#   make bench           what it does a second
#   make install         DESTDIR=... PREFIX=...
#   make deb             Debian packages, in build/deb
#
# Variables: BUILD (build), CC, CFLAGS, LDFLAGS, SANITIZE=1 (address and
# undefined behaviour), MALLOC (a library for the two programs' memory, mimalloc
# where it is installed), NGINX_SRC (an nginx source tree), RECORDS (a folder of
# registry records that the tests render as well).

VERSION := $(shell sed -n 's/.*TRIALS_VERSION *"\(.*\)".*/\1/p' include/trials/version.h)
SOVERSION := 0

BUILD     ?= build
PREFIX    ?= /usr/local
LIBDIR    ?= $(PREFIX)/lib
MODULEDIR ?= $(LIBDIR)/nginx/modules
PYTHON    ?= /usr/bin/python3
NGINX_SRC ?= /usr/share/nginx/src
PYTEST    := $(PYTHON) -m pytest -q -p no:cacheprovider

PACKAGES := libcurl jansson libxml-2.0 libexslt libxslt hiredis libdeflate \
            libqrencode libxxhash libbrotlienc
PKG_CONFIG ?= pkg-config

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Werror
CPPFLAGS_ALL := -Iinclude -I. -D_GNU_SOURCE \
                $(shell $(PKG_CONFIG) --cflags $(PACKAGES)) $(CPPFLAGS)
CFLAGS_ALL = -std=c11 $(WARNINGS) -fPIC -pthread $(CFLAGS) $(SANITIZE_FLAGS)
LDFLAGS_ALL = -pthread $(LDFLAGS) $(SANITIZE_FLAGS)
LIBS := $(shell $(PKG_CONFIG) --libs $(PACKAGES)) -lcmark -lm
REFRESHER_LIBS := $(shell $(PKG_CONFIG) --libs libmicrohttpd)

# The two programs make a page of 30,000 pieces of memory: mimalloc hands them
# out in half the time, where it is installed.  MALLOC= goes without.

ifndef SANITIZE
MALLOC ?= $(filter /%,$(shell $(CC) -print-file-name=libmimalloc.so))
endif

ifdef SANITIZE
SANITIZE_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined \
                  -fno-omit-frame-pointer
endif

FOLDERS  := memory registry plain page cache publish
SOURCES  := $(foreach f,$(FOLDERS),$(sort $(wildcard core/$f/*.c)))
DATA     := $(foreach f,$(FOLDERS),$(sort $(wildcard core/$f/*.S)))
OBJECTS  := $(SOURCES:%.c=$(BUILD)/obj/%.o) $(DATA:%.S=$(BUILD)/obj/%.o)
CLI      := $(sort $(wildcard core/cli/*.c))
REFRESHER := $(sort $(wildcard core/refresher/*.c))
UNIT     := $(sort $(wildcard tests/unit/test_*.c))
UNIT_BIN := $(UNIT:tests/unit/%.c=$(BUILD)/unit/%)
HEADERS  := $(sort $(wildcard include/trials/*.h))

LIBRARY := $(BUILD)/libtrials.a
SHARED  := $(BUILD)/libtrials.so.$(VERSION)
MODULE  := $(BUILD)/ngx_http_trials_module.so

.PHONY: all core module install uninstall deb clean demo demo-start demo-stop \
        test unit check style bench plain-report screenshots FORCE
.DELETE_ON_ERROR:

all: core module

core: $(LIBRARY) $(SHARED) $(BUILD)/trials $(BUILD)/trials-refresher \
      $(BUILD)/trials.pc


# The command line of the compiler is a prerequisite of everything it made.

FLAGS := $(BUILD)/flags

$(FLAGS): FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL) $(MALLOC) $(LIBS) $(NGINX_SRC)' | \
	    cmp -s - $@ || \
	    printf '%s\n' '$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL) $(MALLOC) $(LIBS) $(NGINX_SRC)' > $@

$(BUILD)/obj/%.o: %.c $(FLAGS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

# An assembler file takes in the data files of its folder.

.SECONDEXPANSION:
$(BUILD)/obj/%.o: %.S $(FLAGS) $$(wildcard $$(dir $$*)*.tsv $$(dir $$*)*.xsl $$(dir $$*)*.css)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

# Glossary and rules are every file of their folders; a folder's date tells of
# one that came or went.

GLOSSARY := $(sort $(wildcard core/plain/glossary/*.en.tsv))
RULES    := $(sort $(wildcard core/plain/rules/*.en.tsv))
EMPTY    :=
COMMA    := ,
names     = $(subst $(EMPTY) $(EMPTY),$(COMMA),$(notdir $(1)))

core/plain/glossary core/plain/rules: ;

$(BUILD)/obj/core/plain/data.o: core/plain/glossary $(GLOSSARY) \
    core/plain/rules $(RULES)
$(BUILD)/obj/core/plain/data.o: CPPFLAGS_ALL += \
    -DTRIALS_GLOSSARY=$(call names,$(GLOSSARY)) \
    -DTRIALS_RULES=$(call names,$(RULES))

# A source that came or went changes the list of objects.

OBJECT_LIST := $(BUILD)/objects

$(OBJECT_LIST): FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(OBJECTS)' | cmp -s - $@ || printf '%s\n' '$(OBJECTS)' > $@

$(LIBRARY): $(OBJECTS) $(OBJECT_LIST)
	rm -f $@
	$(AR) rcs $@ $(OBJECTS)

$(SHARED): $(OBJECTS) $(OBJECT_LIST)
	$(CC) -shared -Wl,-soname,libtrials.so.$(SOVERSION) $(LDFLAGS_ALL) \
	    $(OBJECTS) $(LIBS) -o $@
	ln -sf $(@F) $(BUILD)/libtrials.so.$(SOVERSION)
	ln -sf $(@F) $(BUILD)/libtrials.so

# Only the command reads archives: libtrials does without.

$(BUILD)/trials: $(CLI:%.c=$(BUILD)/obj/%.o) $(LIBRARY)
	$(CC) $(LDFLAGS_ALL) $^ $(MALLOC) $(LIBS) \
	    $(shell $(PKG_CONFIG) --libs libarchive) -o $@

$(BUILD)/trials-refresher: $(REFRESHER:%.c=$(BUILD)/obj/%.o) $(LIBRARY)
	$(CC) $(LDFLAGS_ALL) $^ $(MALLOC) $(LIBS) $(REFRESHER_LIBS) -o $@

$(BUILD)/trials.pc: Makefile include/trials/version.h
	@mkdir -p $(@D)
	printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(LIBDIR)' \
	    'includedir=$${prefix}/include' '' 'Name: trials' \
	    'Description: Clinical trial records as pages in plain English' \
	    'Version: $(VERSION)' 'Libs: -L$${libdir} -ltrials' \
	    'Libs.private: -lcmark -lm -pthread' \
	    'Requires.private: $(PACKAGES)' 'Cflags: -I$${includedir}' > $@


# The module is built by nginx's own configure, with the flags of Debian's
# package where the tree comes from there.

MODULE_SOURCES := config $(wildcard ngx_module/*.[ch] ngx_module/*.tsv) \
                  core/cache/document.c include/trials/document.h \
                  core/page/style.css

module: $(MODULE)

$(BUILD)/nginx/Makefile: config $(FLAGS)
	@test -x $(NGINX_SRC)/configure || { echo "$(NGINX_SRC): no nginx source \
	tree; install nginx-dev or set NGINX_SRC" >&2; exit 1; }
	@mkdir -p $(BUILD)/nginx
	top='$(CURDIR)'; objs="$$(cd $(BUILD)/nginx && pwd)"; cd $(NGINX_SRC); \
	NGX_CONF_FLAGS=(--with-compat); \
	if [ -f conf_flags ]; then . ./conf_flags; fi; \
	./configure --with-cc='$(CC)' \
	    --with-cc-opt='$(CFLAGS) -fPIC $(SANITIZE_FLAGS)' \
	    --with-ld-opt='$(LDFLAGS) $(SANITIZE_FLAGS)' \
	    "$${NGX_CONF_FLAGS[@]}" --add-dynamic-module="$$top" \
	    --builddir="$$objs" > "$$objs.log" 2>&1 || \
	    { tail -n 20 "$$objs.log" >&2; exit 1; }

$(BUILD)/nginx/Makefile: SHELL := /bin/bash

$(MODULE): $(BUILD)/nginx/Makefile $(MODULE_SOURCES)
	objs="$$(cd $(BUILD)/nginx && pwd)" && cd $(NGINX_SRC) && \
	    $(MAKE) -f "$$objs/Makefile" modules
	install -m 755 $(BUILD)/nginx/$(@F) $@


install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/sbin \
	    $(DESTDIR)$(PREFIX)/include/trials $(DESTDIR)$(LIBDIR)/pkgconfig \
	    $(DESTDIR)$(MODULEDIR) $(DESTDIR)$(PREFIX)/share/man/man1 \
	    $(DESTDIR)$(PREFIX)/share/man/man8
	install -m 755 $(BUILD)/trials $(DESTDIR)$(PREFIX)/bin/
	install -m 755 $(BUILD)/trials-refresher $(DESTDIR)$(PREFIX)/sbin/
	install -m 644 $(HEADERS) $(DESTDIR)$(PREFIX)/include/trials/
	install -m 644 $(LIBRARY) $(SHARED) $(DESTDIR)$(LIBDIR)/
	ln -sf $(notdir $(SHARED)) $(DESTDIR)$(LIBDIR)/libtrials.so.$(SOVERSION)
	ln -sf libtrials.so.$(SOVERSION) $(DESTDIR)$(LIBDIR)/libtrials.so
	install -m 644 $(BUILD)/trials.pc $(DESTDIR)$(LIBDIR)/pkgconfig/
	install -m 644 $(MODULE) $(DESTDIR)$(MODULEDIR)/
	install -m 644 core/cli/trials.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 644 core/refresher/trials-refresher.8 \
	    $(DESTDIR)$(PREFIX)/share/man/man8/
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system \
	    $(DESTDIR)$(PREFIX)/share/trials
	sed 's,/usr/local/,$(PREFIX)/,' docker/systemd/trials-refresher.service \
	    > $(DESTDIR)$(PREFIX)/lib/systemd/system/trials-refresher.service
	install -m 644 docker/redis/trials.acl $(DESTDIR)$(PREFIX)/share/trials/

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/trials \
	    $(DESTDIR)$(PREFIX)/sbin/trials-refresher \
	    $(DESTDIR)$(LIBDIR)/libtrials.* \
	    $(DESTDIR)$(LIBDIR)/pkgconfig/trials.pc \
	    $(DESTDIR)$(MODULEDIR)/$(notdir $(MODULE)) \
	    $(DESTDIR)$(PREFIX)/share/man/man1/trials.1 \
	    $(DESTDIR)$(PREFIX)/share/man/man8/trials-refresher.8 \
	    $(DESTDIR)$(PREFIX)/lib/systemd/system/trials-refresher.service
	rm -rf $(DESTDIR)$(PREFIX)/include/trials \
	    $(DESTDIR)$(PREFIX)/share/trials

# Debian packages, of what is committed; docker/debian is the packaging.

deb:
	rm -rf $(BUILD)/deb
	mkdir -p $(BUILD)/deb/trials-$(VERSION)
	git archive HEAD | tar -x -C $(BUILD)/deb/trials-$(VERSION)
	mv $(BUILD)/deb/trials-$(VERSION)/docker/debian \
	    $(BUILD)/deb/trials-$(VERSION)/debian
	cd $(BUILD)/deb/trials-$(VERSION) && dpkg-buildpackage -b -us -uc
	lintian --fail-on error,warning $(BUILD)/deb/*.changes


clean:
	rm -rf $(BUILD)


# The demo: see tests/demo/demo.py.

DEMO := $(PYTHON) tests/demo/demo.py --build $(BUILD) \
        $(if $(PORT),--port $(PORT)) $(if $(REGISTRY),--registry $(REGISTRY))

demo: all
	@exec $(DEMO) run

demo-start: all
	@$(DEMO) start

demo-stop:
	@$(DEMO) stop


# Tests.  A unit test may name what it needs of the linker in a comment:
# /* LDFLAGS: -Wl,--wrap=calloc */

$(BUILD)/unit/%: tests/unit/%.c $(LIBRARY) $(FLAGS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -MF $@.d $< \
	    $(shell sed -n 's,^/\* LDFLAGS: \(.*\) \*/$$,\1,p' tests/unit/$*.c) \
	    $(LDFLAGS_ALL) $(LIBRARY) $(LIBS) -lcmocka -o $@

unit: $(UNIT_BIN)
	@for t in $(UNIT_BIN); do echo "$$t"; "$$t" || exit 1; done

style:
	tests/style.sh

# Part of "make bench": what serving costs, beside its peers.

bench: bench-serving

bench-serving: all $(BUILD)/bench/bare $(BUILD)/bench/bare_client
	$(PYTHON) tests/bench/serving.py --build $(BUILD)

test: all
	tests/run.sh

# How plain the criteria of the records in RECORDS are; WORST=20 criteria of each
# kind are shown.

plain-report: core
	$(PYTHON) tests/plain/report.py $(BUILD)/trials \
	    $(or $(RECORDS),tests/data/samples) $(if $(WORST),--worst $(WORST))

# Programs that measure something of the library by itself.

$(BUILD)/bench/%: tests/bench/%.c $(LIBRARY) $(FLAGS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -MF $@.d $< $(LDFLAGS_ALL) \
	    $(LIBRARY) $(LIBS) -o $@

# Pictures of every kind of page, in $(BUILD)/screenshots.

screenshots: all
	$(PYTEST) tests/browser -k 'test_pages or test_print'
	@echo "$(BUILD)/screenshots"

bench: all $(BUILD)/bench/bench_plain
	$(BUILD)/bench/bench_plain
	$(BUILD)/trials render --bench 3 $(or $(RECORDS),tests/data/samples)
	$(PYTHON) tests/bench/bench_refresher.py --build $(BUILD) \
	    $(if $(RECORDS),--records $(RECORDS))
	$(PYTHON) tests/bench/bench_import.py --build $(BUILD) \
	    --records $(or $(RECORDS),tests/data/samples) \
	    $(if $(COUNT),--count $(COUNT))

-include $(OBJECTS:.o=.d) $(CLI:%.c=$(BUILD)/obj/%.d) \
    $(REFRESHER:%.c=$(BUILD)/obj/%.d) $(UNIT_BIN:=.d)
