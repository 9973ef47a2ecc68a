BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0004');
CREATE TABLE audit (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at DATETIME NOT NULL, 
	who VARCHAR(60) NOT NULL, 
	what VARCHAR(60) NOT NULL, 
	subject VARCHAR(200) NOT NULL
);
INSERT INTO "audit" VALUES(1,'2026-11-25 21:56:31.774000','setup','district-made','01a214b5-d99b-7e58-b110-b43bf8860e99');
INSERT INTO "audit" VALUES(2,'2026-11-25 21:56:31.778000','cli','form-published','parent_contact 2026112301');
INSERT INTO "audit" VALUES(3,'2026-11-25 21:56:31.780000','cli','school-added','01a214b5-d9a3-7ef2-bca2-cf02e12311ea');
INSERT INTO "audit" VALUES(4,'2026-11-25 21:56:31.781000','cli','school-added','01a214b5-d9a4-7ad3-90d2-93c4279f4d33');
INSERT INTO "audit" VALUES(5,'2026-11-25 21:56:31.783000','cli','officer-added','01a214b5-d9a7-74ca-90ad-2145a3c408a0');
INSERT INTO "audit" VALUES(6,'2026-11-25 21:56:31.786000','cli','officer-posted','01a214b5-d9a7-74ca-90ad-2145a3c408a0');
INSERT INTO "audit" VALUES(7,'2026-11-25 21:56:31.786000','cli','officer-added','01a214b5-d9aa-7496-bd06-7d3e649496c5');
INSERT INTO "audit" VALUES(8,'2026-11-25 21:56:31.787000','cli','officer-posted','01a214b5-d9aa-7496-bd06-7d3e649496c5');
INSERT INTO "audit" VALUES(9,'2026-11-25 21:56:31.789000','cli','place-added','01a214b5-d9ad-7404-828e-66e8a7b94d98');
INSERT INTO "audit" VALUES(10,'2026-11-25 21:56:31.793000','cli','tag-made','01a214b5-d9ad-7404-828e-66e8a7b94d98 v1');
INSERT INTO "audit" VALUES(11,'2026-11-25 21:56:31.795000','cli','enrolment-code-made','01a214b5-d9a7-74ca-90ad-2145a3c408a0');
INSERT INTO "audit" VALUES(12,'2026-11-25 21:56:31.868000','device:01a214b5-d9d4-797d-a4db-3b6a3b1321bf','device-enrolled','01a214b5-d9a7-74ca-90ad-2145a3c408a0');
CREATE TABLE blobs (
	sha256 VARCHAR(64) NOT NULL, 
	mime VARCHAR(40) NOT NULL, 
	bytes INTEGER NOT NULL, 
	device VARCHAR(36) NOT NULL, 
	received_at DATETIME NOT NULL, 
	PRIMARY KEY (sha256)
);
INSERT INTO "blobs" VALUES('b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658','image/jpeg',653,'01a214b5-d9d4-797d-a4db-3b6a3b1321bf','2026-11-25 21:56:31.933000');
CREATE TABLE cards (
	slug VARCHAR(8) NOT NULL, 
	officer VARCHAR(36), 
	school VARCHAR(36), 
	active BOOLEAN NOT NULL, 
	notes TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (slug), 
	FOREIGN KEY(officer) REFERENCES officers (id), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
CREATE TABLE devices (
	id VARCHAR(36) NOT NULL, 
	officer VARCHAR(36) NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	platform VARCHAR(40) NOT NULL, 
	app VARCHAR(40) NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_seen DATETIME NOT NULL, 
	revoked_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(officer) REFERENCES officers (id)
);
INSERT INTO "devices" VALUES('01a214b5-d9d4-797d-a4db-3b6a3b1321bf','01a214b5-d9a7-74ca-90ad-2145a3c408a0','e569772d9f5c75db611d3779b13954944cb380001b90fafc78c7a6f90a22cdf9','Test phone','','0.1.0','2026-11-25 21:56:31.868000','2026-11-25 21:56:31.868000',NULL);
CREATE TABLE district (
	id VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	demo BOOLEAN NOT NULL, 
	phone VARCHAR(40) NOT NULL, 
	email VARCHAR(200) NOT NULL, 
	non_emergency VARCHAR(40) NOT NULL, 
	tip_line VARCHAR(200) NOT NULL, 
	policy JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "district" VALUES('01a214b5-d99b-7e58-b110-b43bf8860e99','Test district',0,'(918) 245-8777','','','','{"photo_max_px":1600,"photo_quality":0.8,"photo_max_bytes":5000000,"keep_days":60,"lock_days":30}','2026-11-25 21:56:31.771000');
CREATE TABLE enrolment_codes (
	code_hash VARCHAR(64) NOT NULL, 
	officer VARCHAR(36) NOT NULL, 
	made_by VARCHAR(36), 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, 
	used_by VARCHAR(36), 
	PRIMARY KEY (code_hash), 
	FOREIGN KEY(officer) REFERENCES officers (id)
);
INSERT INTO "enrolment_codes" VALUES('1b99a6088e2556072c37aa748175b155072d1187479304d7fe9c62e4885404c8','01a214b5-d9a7-74ca-90ad-2145a3c408a0','cli','2026-11-25 21:56:31.795000','2026-11-28 21:56:31.795000','2026-11-25 21:56:31.868000','01a214b5-d9d4-797d-a4db-3b6a3b1321bf');
CREATE TABLE forms (
	id VARCHAR(200) NOT NULL, 
	version VARCHAR(200) NOT NULL, 
	json JSON NOT NULL, 
	active BOOLEAN NOT NULL, 
	published_at DATETIME NOT NULL, 
	PRIMARY KEY (id, version)
);
INSERT INTO "forms" VALUES('parent_contact','2026112301','{"id":"parent_contact","version":"2026112301","title":{"en":"Parent contact","es":"Contacto con la familia"},"languages":["en","es"],"class":"education","role":"counselling","goal":"collaboration","icon":"family_restroom","fields":[{"type":"select_one","name":"channel","label":{"en":"How","es":"C\u00f3mo"},"required":true,"choices":[{"name":"phone","label":{"en":"Phone","es":"Tel\u00e9fono"}},{"name":"person","label":{"en":"In person","es":"En persona"}}]},{"type":"integer","name":"minutes","label":{"en":"Minutes","es":"Minutos"},"constraint":["<=",["self"],600],"constraint_message":{"en":"At most ten hours.","es":"Diez horas como m\u00e1ximo."}},{"type":"text","name":"summary","label":{"en":"Summary","es":"Resumen"}},{"type":"image","name":"photo","label":{"en":"Photo","es":"Foto"}}]}',1,'2026-11-25 21:56:31.777000');
CREATE TABLE hand_ins (
	vault VARCHAR(32) NOT NULL, 
	officer VARCHAR(36) NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	files JSON NOT NULL, 
	begun_at DATETIME NOT NULL, 
	complete_at DATETIME, 
	opened_at DATETIME, 
	PRIMARY KEY (vault, officer), 
	FOREIGN KEY(officer) REFERENCES officers (id)
);
CREATE TABLE officers (
	id VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	badge VARCHAR(40) NOT NULL, 
	title VARCHAR(100) NOT NULL, 
	email VARCHAR(200) NOT NULL, 
	phone VARCHAR(40) NOT NULL, 
	languages JSON NOT NULL, 
	photo VARCHAR(64), 
	role VARCHAR(20) NOT NULL, 
	active BOOLEAN NOT NULL, 
	password_hash VARCHAR(200), 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (badge)
);
INSERT INTO "officers" VALUES('01a214b5-d9a7-74ca-90ad-2145a3c408a0','Ana Rivera','101','School Resource Officer','rivera@example.org','','[]',NULL,'officer',1,NULL,'2026-11-25 21:56:31.783000');
INSERT INTO "officers" VALUES('01a214b5-d9aa-7496-bd06-7d3e649496c5','Lee Ng','102','School Resource Officer','','','[]',NULL,'officer',1,NULL,'2026-11-25 21:56:31.786000');
CREATE TABLE places (
	id VARCHAR(36) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	building VARCHAR(100) NOT NULL, 
	floor VARCHAR(40) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	lat DOUBLE, 
	lon DOUBLE, 
	fence_m INTEGER NOT NULL, 
	instructions TEXT NOT NULL, 
	active BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, spot_question TEXT DEFAULT '' NOT NULL, spot_answer VARCHAR(100) DEFAULT '' NOT NULL, question_set VARCHAR(40) DEFAULT '' NOT NULL, installed_by VARCHAR(100) DEFAULT '' NOT NULL, photo VARCHAR(64), 
	PRIMARY KEY (id), 
	UNIQUE (school, building, name), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
INSERT INTO "places" VALUES('01a214b5-d9ad-7404-828e-66e8a7b94d98','01a214b5-d9a3-7ef2-bca2-cf02e12311ea','Door 7','Gym','','door',NULL,NULL,50,'',1,'2026-11-25 21:56:31.789000','','','','',NULL);
CREATE TABLE postings (
	officer VARCHAR(36) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	since DATETIME NOT NULL, 
	until DATETIME, 
	PRIMARY KEY (officer, school), 
	FOREIGN KEY(officer) REFERENCES officers (id), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
INSERT INTO "postings" VALUES('01a214b5-d9a7-74ca-90ad-2145a3c408a0','01a214b5-d9a3-7ef2-bca2-cf02e12311ea','2026-11-25 21:56:31.785000',NULL);
INSERT INTO "postings" VALUES('01a214b5-d9aa-7496-bd06-7d3e649496c5','01a214b5-d9a3-7ef2-bca2-cf02e12311ea','2026-11-25 21:56:31.787000',NULL);
INSERT INTO "postings" VALUES('01a214b5-d9aa-7496-bd06-7d3e649496c5','01a214b5-d9a4-7ad3-90d2-93c4279f4d33','2026-11-25 21:56:31.787000',NULL);
CREATE TABLE record_photos (
	record VARCHAR(36) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	mime VARCHAR(40) NOT NULL, 
	bytes INTEGER NOT NULL, 
	PRIMARY KEY (record, sha256)
);
INSERT INTO "record_photos" VALUES('01a214b5-da0e-78fd-a500-8d2a6fa7eb85','b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658','01a214b5-d9a3-7ef2-bca2-cf02e12311ea','image/jpeg',653);
CREATE TABLE "records" (
	id VARCHAR(36) NOT NULL, 
	form VARCHAR(200) NOT NULL, 
	form_version VARCHAR(200) NOT NULL, 
	record_class VARCHAR(20) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	place VARCHAR(36), 
	author VARCHAR(36) NOT NULL, 
	title TEXT NOT NULL, 
	occurred_at DATETIME NOT NULL, 
	first_seq BIGINT NOT NULL, 
	updated_seq BIGINT NOT NULL, 
	updated_at DATETIME NOT NULL, 
	revisions INTEGER NOT NULL, 
	heads JSON NOT NULL, 
	answers JSON NOT NULL, 
	conflicts JSON NOT NULL, 
	missing INTEGER NOT NULL, 
	flags JSON NOT NULL, 
	standing VARCHAR(10) DEFAULT 'live' NOT NULL, 
	promises JSON DEFAULT '{}' NOT NULL, 
	follows VARCHAR(36), 
	open BOOLEAN DEFAULT 1 NOT NULL, evidence JSON, 
	PRIMARY KEY (id)
);
INSERT INTO "records" VALUES('01a214b5-da0e-78fd-a500-8d2a6fa7eb85','parent_contact','2026112301','education','01a214b5-d9a3-7ef2-bca2-cf02e12311ea',NULL,'01a214b5-d9a7-74ca-90ad-2145a3c408a0','Parent contact','2026-11-25 21:56:31.886000',1,1,'2026-11-25 21:56:31.895000',1,'["ddb5c5c35dfdfedfb9106edd2066e4960ecffe2d63c6dd9ff62f9037206a3832"]','{"channel":"phone","photo":{"bytes":653,"mime":"image/jpeg","sha256":"b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658"}}','{}',0,'[]','live','{}',NULL,0,NULL);
INSERT INTO "records" VALUES('01a214b5-da0e-7a34-b117-8bbbcbfcfae3','parent_contact','2026112301','education','01a214b5-d9a3-7ef2-bca2-cf02e12311ea',NULL,'01a214b5-d9a7-74ca-90ad-2145a3c408a0','Parent contact','2026-11-25 21:56:31.886000',2,2,'2026-11-25 21:56:31.895000',1,'["6205a42d9c48669968a30db72de94f333efed72f5ac8a39efc6df4bc36c2e055"]','{"channel":"phone"}','{}',0,'[]','live','{}',NULL,0,NULL);
CREATE TABLE "revisions" (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	hash VARCHAR(64) NOT NULL, 
	record VARCHAR(36) NOT NULL, 
	form VARCHAR(200) NOT NULL, 
	form_version VARCHAR(200) NOT NULL, 
	record_class VARCHAR(20) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	author VARCHAR(36) NOT NULL, 
	device VARCHAR(36) NOT NULL, 
	device_seq BIGINT NOT NULL, 
	prev VARCHAR(64), 
	at VARCHAR(40) NOT NULL, 
	captured_at DATETIME NOT NULL, 
	received_at DATETIME NOT NULL, 
	body TEXT NOT NULL, 
	flags JSON NOT NULL, 
	act VARCHAR(10), 
	link VARCHAR(64) NOT NULL, 
	UNIQUE (hash)
);
INSERT INTO "revisions" VALUES(1,'ddb5c5c35dfdfedfb9106edd2066e4960ecffe2d63c6dd9ff62f9037206a3832','01a214b5-da0e-78fd-a500-8d2a6fa7eb85','parent_contact','2026112301','education','01a214b5-d9a3-7ef2-bca2-cf02e12311ea','01a214b5-d9a7-74ca-90ad-2145a3c408a0','01a214b5-d9d4-797d-a4db-3b6a3b1321bf',1,NULL,'2026-11-25T21:56:31.886+00:00','2026-11-25 21:56:31.886000','2026-11-25 21:56:31.895000','{"at":"2026-11-25T21:56:31.886+00:00","author":"01a214b5-d9a7-74ca-90ad-2145a3c408a0","device":"01a214b5-d9d4-797d-a4db-3b6a3b1321bf","form":"parent_contact","form_version":"2026112301","mono":1000,"offset":null,"parents":[],"place":null,"prev":null,"reason":null,"record":"01a214b5-da0e-78fd-a500-8d2a6fa7eb85","record_class":"education","school":"01a214b5-d9a3-7ef2-bca2-cf02e12311ea","seq":1,"set":{"channel":"phone","photo":{"bytes":653,"mime":"image/jpeg","sha256":"b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658"}},"tag":null,"unset":[],"v":1}','[]',NULL,'50164dd9c9b623d798f9bf24e9a983ef2be7538a3570d1d3d92f61c5228df180');
INSERT INTO "revisions" VALUES(2,'6205a42d9c48669968a30db72de94f333efed72f5ac8a39efc6df4bc36c2e055','01a214b5-da0e-7a34-b117-8bbbcbfcfae3','parent_contact','2026112301','education','01a214b5-d9a3-7ef2-bca2-cf02e12311ea','01a214b5-d9a7-74ca-90ad-2145a3c408a0','01a214b5-d9d4-797d-a4db-3b6a3b1321bf',2,'ddb5c5c35dfdfedfb9106edd2066e4960ecffe2d63c6dd9ff62f9037206a3832','2026-11-25T21:56:31.886+00:00','2026-11-25 21:56:31.886000','2026-11-25 21:56:31.895000','{"at":"2026-11-25T21:56:31.886+00:00","author":"01a214b5-d9a7-74ca-90ad-2145a3c408a0","device":"01a214b5-d9d4-797d-a4db-3b6a3b1321bf","form":"parent_contact","form_version":"2026112301","mono":2000,"offset":null,"parents":[],"place":null,"prev":"ddb5c5c35dfdfedfb9106edd2066e4960ecffe2d63c6dd9ff62f9037206a3832","reason":null,"record":"01a214b5-da0e-7a34-b117-8bbbcbfcfae3","record_class":"education","school":"01a214b5-d9a3-7ef2-bca2-cf02e12311ea","seq":2,"set":{"channel":"phone"},"tag":null,"unset":[],"v":1}','[]',NULL,'ba7560f2f09f01277e2e9c460551548b6e087f3cc5cbcbbade077b0b5343bb82');
CREATE TABLE schools (
	id VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	address VARCHAR(300) NOT NULL, 
	phone VARCHAR(40) NOT NULL, 
	reunification VARCHAR(300) DEFAULT '' NOT NULL, 
	active BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO "schools" VALUES('01a214b5-d9a3-7ef2-bca2-cf02e12311ea','North Middle School','','','',1,'2026-11-25 21:56:31.780000');
INSERT INTO "schools" VALUES('01a214b5-d9a4-7ad3-90d2-93c4279f4d33','South High School','','','',1,'2026-11-25 21:56:31.780000');
CREATE TABLE sessions (
	token_hash VARCHAR(64) NOT NULL, 
	officer VARCHAR(36) NOT NULL, 
	csrf VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	PRIMARY KEY (token_hash), 
	FOREIGN KEY(officer) REFERENCES officers (id)
);
CREATE TABLE tags (
	code VARCHAR(16) NOT NULL, 
	short VARCHAR(8) NOT NULL, 
	place VARCHAR(36) NOT NULL, 
	version INTEGER NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (code), 
	UNIQUE (place, version), 
	UNIQUE (short), 
	FOREIGN KEY(place) REFERENCES places (id)
);
INSERT INTO "tags" VALUES('QGTWXVN98ACL2AWF','URRELSFR','01a214b5-d9ad-7404-828e-66e8a7b94d98',1,'active','2026-11-25 21:56:31.792000');
CREATE INDEX ix_record_photos_sha256 ON record_photos (sha256);
CREATE INDEX ix_cards_school ON cards (school);
CREATE INDEX ix_cards_officer ON cards (officer);
CREATE INDEX ix_devices_officer ON devices (officer);
CREATE INDEX ix_enrolment_codes_officer ON enrolment_codes (officer);
CREATE INDEX ix_places_school ON places (school);
CREATE INDEX ix_postings_school ON postings (school);
CREATE INDEX ix_sessions_officer ON sessions (officer);
CREATE INDEX ix_revisions_record ON revisions (record);
CREATE INDEX revisions_of_school ON revisions (school, seq);
CREATE INDEX revisions_of_device ON revisions (device, device_seq);
CREATE INDEX records_of_school ON records (school, occurred_at);
CREATE INDEX records_of_form ON records (form, occurred_at);
CREATE INDEX records_by_time ON records (occurred_at);
CREATE INDEX records_of_author ON records (author, occurred_at);
CREATE INDEX ix_records_follows ON records (follows);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('revisions',2);
INSERT INTO "sqlite_sequence" VALUES('audit',12);
COMMIT;
